"""A Nostr relay by NIP-01, NIP-09 and NIP-11: `python -m tests.publish.doubles.nostr`.

Ids and signatures are checked; an event that is there already is a duplicate.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from coincurve import PublicKeyXOnly

from tests.publish.doubles.serving import HOLD_S, Planned

KEYS = {"private_key": b"planted-".hex().ljust(64, "7")}


@dataclass
class Relay(Planned):
    limits: dict[str, int] = field(default_factory=dict)
    says: str = ""  # what it answers to every event instead of taking it

    def take(self, event: dict[str, Any]) -> tuple[bool, str]:
        if self.says:
            return False, self.says
        said = [
            0, event["pubkey"], event["created_at"], event["kind"], event["tags"], event["content"],
        ]  # fmt: skip
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        number = hashlib.sha256(text.encode()).digest()
        key = PublicKeyXOnly(bytes.fromhex(event["pubkey"]))
        if number.hex() != event["id"] or not key.verify(bytes.fromhex(event["sig"]), number):
            return False, "invalid: bad signature"
        if any(p["id"] == event["id"] for p in self.posts):
            return True, "duplicate: exists"
        if event["kind"] == 5:
            gone = {t[1] for t in event["tags"] if t[0] == "e"}
            self.posts = [p for p in self.posts if p["id"] not in gone]
            return True, ""
        answers = [t[1] for t in event["tags"] if t[0] == "e"]
        parent = answers[-1] if answers else ""
        told = {"id": event["id"], "text": event["content"], "parent": parent, "at": time.time()}
        self.posts.append(told | {"event": event})
        return True, ""

    def held(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        found = [p["event"] for p in reversed(self.shown())]
        for name, of in (("ids", "id"), ("authors", "pubkey"), ("kinds", "kind")):
            if name in asked:
                found = [e for e in found if e[of] in asked[name]]
        return found[: asked.get("limit", 500)]


async def control(request: web.Request) -> web.Response:
    rules: Relay = request.app[RULES]
    if request.method == "POST":
        for name, value in (await request.json()).items():
            if name == "reset":
                rules.reset()
                rules.limits, rules.says = {}, ""
            else:
                setattr(rules, name, value)
    return web.json_response(asdict(rules))


async def relay(request: web.Request) -> web.StreamResponse:
    rules: Relay = request.app[RULES]
    if "nostr+json" in request.headers.get("accept", ""):
        return web.json_response({"name": "double", "limitation": rules.limits})
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.TEXT and not await _answered(rules, socket, message.json()):
            if request.transport is not None:  # else the client was killed
                request.transport.abort()
            break
    return socket


async def _answered(rules: Relay, socket: web.WebSocketResponse, told: list[Any]) -> bool:
    """False where the connection is to break."""
    if told[0] == "REQ":
        fault = rules.read_faults.pop(0) if rules.read_faults else ""
        if fault:
            return False
        for event in rules.held(told[2]):
            await socket.send_json(["EVENT", told[1], event])
        await socket.send_json(["EOSE", told[1]])
        return True
    fault = rules.faults.pop(0) if rules.faults else ""
    kind, _, when = fault.partition(" ")
    if when == "before" and kind == "drop":
        return False
    if fault == "error before":
        await socket.send_json(["OK", told[1]["id"], False, "error: planned"])
        return True
    good, said = rules.take(told[1])
    if when == "after":
        if kind == "slow":
            await asyncio.sleep(HOLD_S)
        if kind == "error":
            await socket.send_json(["OK", told[1]["id"], False, "error: planned"])
            return True
        return False
    await socket.send_json(["OK", told[1]["id"], good, said])
    return True


RULES = web.AppKey("rules", Relay)


async def main() -> None:
    app = web.Application()
    app[RULES] = Relay()
    app.router.add_route("*", "/_control", control)
    app.router.add_get("/", relay)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    # Until whoever started it ends, however it ends.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
