"""Sending to Nostr relays: an event whose id, the hash of what it says, is known before it is sent.

A relay that has an event already says so; the same event sent again is the same event. Signatures
are Schnorr's over secp256k1 (BIP-340), by libsecp256k1.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from generator.errors import UsageError
from generator.publish.base import (
    Absent,
    Ambiguous,
    Attempt,
    Found,
    Identity,
    NotSent,
    Outcome,
    Part,
    Prepared,
    PublishError,
    Reading,
    Refused,
    Seen,
    Sent,
    Unknown,
)
from generator.publish.secrets import secrets, without
from generator.publish.senders import is_loopback
from generator.publish.senders.bech32 import key_of, npub
from generator.publish.senders.rest import MINUTE
from generator.settings import Network

NOTE, DELETION = 1, 5  # kinds of event
LARGEST = 4_000_000  # bytes of one message from a relay
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one relay said of an event: `took`, or why not."""

    relay: str
    outcome: Sent | NotSent | Refused | Ambiguous


class NostrSender:
    """One key, and the relays that carry its notes. A note is out once one of them has taken it."""

    reads_back = True
    idempotent = True

    def __init__(self, account: Network, *, read_s: float = 15.0) -> None:
        from coincurve import PrivateKey, PublicKeyXOnly

        given = secrets(account, "private_key")["private_key"]
        self._key = PrivateKey(key_of(given))
        self._public: str = PublicKeyXOnly.from_secret(self._key.secret).format().hex()
        self._hidden = (given,)
        told = account.base_url or str(account.options.get("relays") or "")
        self._relays = tuple(dict.fromkeys(_relay(r) for r in told.replace(",", " ").split()))
        if not self._relays:
            todo = 'Set networks.nostr.relays, such as "wss://relay.damus.io wss://nos.lol".'
            raise UsageError("nostr", "needs a relay", todo)
        self._read_s = read_s

    # ---------------------------------------------------------------- the account

    def identity(self) -> Identity:
        return Identity(self._public, npub(self._public))

    def newest(self) -> tuple[Seen, ...]:
        asked = {"authors": [self._public], "kinds": [NOTE], "limit": 10}
        found = self._looked_up(asked)
        if isinstance(found, str):
            raise PublishError("nostr", found, "Name another relay in networks.nostr.relays.")
        newest = sorted(found, key=lambda e: -int(e.get("created_at", 0)))
        return tuple(_seen(e) for e in newest)

    # ---------------------------------------------------------------- sending

    def prepare(self, part: Part, started: int) -> Prepared | NotSent | Refused:
        at = started // 1000
        event = self._event(NOTE, at, _tags(part, self._public), part.segment.text)
        size = len(json.dumps(["EVENT", event], ensure_ascii=False).encode())
        for limits in self._ran(_all(self._limits(r) for r in self._relays)):
            most = limits.get("max_message_length")
            longest = limits.get("max_content_length")
            if isinstance(most, int) and size > most:
                return Refused(f"a relay takes {most} bytes, the event has {size}")
            if isinstance(longest, int) and len(part.segment.text) > longest:
                hint = f"Set networks.nostr.limit to {longest}, or name another relay."
                return Refused(f"a relay takes {longest} characters", hint)
        return Prepared(event["id"], extra={"created_at": str(at)})

    def send(self, attempt: Attempt) -> Outcome:
        part, at = attempt.part, int(attempt.prepared.extra["created_at"])
        event = self._event(NOTE, at, _tags(part, self._public), part.segment.text)
        if event["id"] != attempt.prepared.token:
            return Refused("the key is not the one that it was prepared with", "Approve it again.")
        return self._put(event)

    def reconcile(self, attempt: Attempt) -> Reading:
        found = self._looked_up({"ids": [attempt.prepared.token], "limit": 1})
        if isinstance(found, str):
            return Unknown(found)
        there = any(e.get("id") == attempt.prepared.token for e in found)
        return Found(_sent(attempt.prepared.token)) if there else Absent()

    def retract(self, sent: Sent) -> Outcome:
        """Asks the relays to delete it (NIP-09); each decides for itself."""
        import time

        tags = [["e", sent.id], ["k", str(NOTE)]]
        gone = self._put(self._event(DELETION, int(time.time()), tags, ""))
        return sent if isinstance(gone, Sent) else gone

    def cost(self, part: Part) -> int:
        return 0

    def _event(self, kind: int, at: int, tags: list[list[str]], content: str) -> dict[str, Any]:
        """A signed event (NIP-01)."""
        said = [0, self._public, at, kind, tags, content]
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        number = hashlib.sha256(text.encode()).digest()
        return {
            "id": number.hex(),
            "pubkey": self._public,
            "created_at": at,
            "kind": kind,
            "tags": tags,
            "content": content,
            "sig": self._key.sign_schnorr(number).hex(),
        }

    # ---------------------------------------------------------------- relays

    def _put(self, event: dict[str, Any]) -> Outcome:
        """To every relay: sent where one took it; certain not to be out only where all are."""
        answers = self._ran(_all(self._offered(r, event) for r in self._relays))
        outcomes = [a.outcome for a in answers]
        if any(isinstance(o, Sent) for o in outcomes):
            return _sent(event["id"])
        for kind in (Ambiguous, NotSent, Refused):
            for answer in answers:
                if isinstance(answer.outcome, kind):
                    return answer.outcome
        return Ambiguous("no relay answered")

    async def _offered(self, relay: str, event: dict[str, Any]) -> Answer:
        left = False
        try:
            async with asyncio.timeout(self._read_s), _socket(relay) as socket:
                left = True
                await socket.send_str(json.dumps(["EVENT", event], ensure_ascii=False))
                async for told in _messages(socket):
                    if told[0] == "OK" and told[1] == event["id"]:
                        return Answer(relay, self._taken(bool(told[2]), str(told[3])))
        except Exception as error:
            why = f"{relay}: {type(error).__name__}"
            return Answer(relay, Ambiguous(why) if left else NotSent(why))
        return Answer(relay, Ambiguous(f"{relay}: closed without an answer"))

    def _taken(self, good: bool, said: str) -> Sent | NotSent | Refused | Ambiguous:
        reason = without(said, self._hidden)
        kind = said.partition(":")[0]
        if good or kind == "duplicate":
            return Sent("taken")
        if kind == "rate-limited":
            import time

            return NotSent(reason, int(time.time() * 1000) + MINUTE)
        if kind == "error" or not kind:
            return Ambiguous(reason or "refused without a reason")
        return Refused(reason, "Name another relay in networks.nostr.relays.")

    def _looked_up(self, asked: dict[str, Any]) -> list[dict[str, Any]] | str:
        """What any relay holds; why not, where none answers."""
        found = self._ran(_all(self._held(r, asked) for r in self._relays))
        events = {e["id"]: e for answer in found if isinstance(answer, list) for e in answer}
        if events or any(isinstance(answer, list) for answer in found):
            return list(events.values())
        return next(answer for answer in found if isinstance(answer, str))

    async def _held(self, relay: str, asked: dict[str, Any]) -> list[dict[str, Any]] | str:
        events: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(self._read_s), _socket(relay) as socket:
                await socket.send_str(json.dumps(["REQ", "look", asked]))
                async for told in _messages(socket):
                    if told[0] == "EVENT" and told[2].get("pubkey") == self._public:
                        events.append(told[2])
                    elif told[0] == "EOSE":
                        return events
                    elif told[0] == "CLOSED":
                        return f"{relay}: {without(str(told[2]), ())}"
        except Exception as error:
            return f"{relay}: {type(error).__name__}"
        return f"{relay}: closed without an answer"

    async def _limits(self, relay: str) -> dict[str, Any]:
        """What a relay tells of itself (NIP-11); nothing where it does not."""
        try:
            async with asyncio.timeout(self._read_s), _session(relay) as session:
                asked = {"Accept": "application/nostr+json"}
                where = "http" + relay.removeprefix("ws")
                async with session.get(where, headers=asked, allow_redirects=False) as given:
                    told = json.loads(await given.content.read(64_000))
                    limits = told.get("limitation")
                    return limits if isinstance(limits, dict) else {}
        except Exception:  # a courtesy of the relay's: what it refuses, it refuses later
            return {}

    def _ran(self, does: Coroutine[Any, Any, T]) -> T:
        return asyncio.run(does)


async def _all(calls: Any) -> list[Any]:
    return list(await asyncio.gather(*calls))


class _socket:
    """A connection to a relay."""

    def __init__(self, relay: str) -> None:
        self._relay = relay

    async def __aenter__(self) -> Any:
        self._session = _session(self._relay)
        try:
            self._opened = await self._session.ws_connect(self._relay, max_msg_size=LARGEST)
        except BaseException:
            await self._session.close()
            raise
        return self._opened

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._opened.close()
        finally:  # though the time ran out while it closed
            await self._session.close()


def _session(relay: str) -> Any:
    import aiohttp

    return aiohttp.ClientSession(trust_env=not is_loopback(relay))


async def _messages(socket: Any) -> Any:
    """Messages of a relay, as lists."""
    async for message in socket:
        told = json.loads(message.data)
        if isinstance(told, list) and len(told) > 1:
            yield told


def _tags(part: Part, public: str) -> list[list[str]]:
    """Hashtags, and what the note answers (NIP-10)."""
    tags = [["t", tag] for tag in part.segment.tags]
    if part.parent is None:
        return tags
    root = part.root or part.parent
    thread = [["e", root.id, "", "root"]]
    if part.parent.id != root.id:
        thread.append(["e", part.parent.id, "", "reply"])
    return [*thread, ["p", public], *tags]


def _seen(event: dict[str, Any]) -> Seen:
    answers = [t[1] for t in event.get("tags", ()) if len(t) > 1 and t[0] == "e"]
    at = int(event.get("created_at", 0)) * 1000
    parent = answers[-1] if answers else ""
    return Seen(str(event.get("id")), str(event.get("content", "")), at, parent)


def _sent(number: str) -> Sent:
    return Sent(number, f"https://njump.me/{number}")


def _relay(address: str) -> str:
    if not address.startswith(("ws://", "wss://")):
        raise UsageError("networks.nostr.relays", f"{address!r} is no relay", "wss://...")
    return address.rstrip("/")
