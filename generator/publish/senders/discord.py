"""Sending to a Discord channel: by a webhook, or by a bot.

A bot gives each message a nonce that Discord holds to for some minutes, and reads the channel back.
A webhook can do neither: what is not known stays so until a person looks.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from generator.errors import UsageError
from generator.publish.base import (
    Absent,
    Ambiguous,
    Attempt,
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
    found_among,
    stamp_ms,
)
from generator.publish.secrets import secret
from generator.publish.senders import server_of
from generator.publish.senders.rest import Failed, Rest
from generator.settings import Network

HOST = "https://discord.com/api/v10"
WEBHOOK = re.compile(r"https://[\w.-]+/api/(?:v\d+/)?(webhooks/\d+/[\w-]+)")
LONGEST_ALT = 1024


def discord_sender(account: Network, *, read_s: float = 30.0) -> WebhookSender | BotSender:
    """By a bot where there is a token for one, else by a webhook. Raises UsageError."""
    token, hook = secret(account, "bot_token"), secret(account, "webhook_secret")
    base = server_of(account) or HOST
    if token:
        return BotSender(account, base, token, read_s)
    if hook:
        return WebhookSender(base, hook, read_s)
    todo = (
        "Set COMMENTARY_NETWORKS__DISCORD__WEBHOOK_SECRET (the webhook's address) or"
        " COMMENTARY_NETWORKS__DISCORD__BOT_TOKEN in .env; docs/accounts.md tells how."
    )
    raise UsageError("discord", "has no keys of its account", todo)


class _Messages:
    """What a webhook and a bot have in common."""

    idempotent = False
    _rest: Rest

    def prepare(self, part: Part, started: int) -> Prepared | NotSent | Refused:
        if any(len(m.alt) > LONGEST_ALT for m in part.media):
            return Refused(f"a description of more than {LONGEST_ALT} characters")
        return Prepared(hashlib.sha256(part.key.encode()).hexdigest()[:25])

    def _post(self, route: str, part: Part, body: dict[str, Any]) -> dict[str, Any] | Failed:
        """Sends a message, its pictures in the same request."""
        body = {
            "content": part.segment.text,
            "allowed_mentions": {"parse": []},
            "attachments": [
                {"id": i, "filename": m.name, "description": m.alt}
                for i, m in enumerate(part.media)
            ],
        } | body
        if part.media:
            files = {f"files[{i}]": (m.name, m.data, m.mime) for i, m in enumerate(part.media)}
            form = {"payload_json": json.dumps(body)}
            made = self._rest.call("POST", route, data=form, files=files)
        else:
            made = self._rest.call("POST", route, json=body)
        if isinstance(made, dict) and not made.get("id"):
            return Ambiguous("the answer names no message")
        return Ambiguous("the answer is no object") if isinstance(made, list) else made

    def cost(self, part: Part) -> int:
        return 0


class WebhookSender(_Messages):
    """A webhook of one channel. Parts follow one another; a webhook cannot answer."""

    reads_back = False

    def __init__(self, base: str, hook: str, read_s: float) -> None:
        place = WEBHOOK.fullmatch(hook.strip())
        if place is None:
            todo = "Copy it whole from the channel's settings: https://discord.com/api/webhooks/..."
            raise UsageError("networks.discord.webhook_secret", "is no webhook's address", todo)
        token = place[1].rpartition("/")[2]
        self._rest = Rest("discord", f"{base}/{place[1]}", {}, (token,), read_s, _wait)
        self._guild = ""

    def identity(self) -> Identity:
        me = self._rest.asked("")
        if not isinstance(me, dict) or not me.get("id"):
            raise PublishError("discord", "does not know the webhook", "Make a new one.")
        self._guild = str(me.get("guild_id") or "")
        return Identity(str(me["id"]), str(me.get("name") or ""))

    def newest(self) -> tuple[Seen, ...]:
        raise PublishError("discord", "does not let a webhook read", "Look at the channel.")

    def send(self, attempt: Attempt) -> Outcome:
        made = self._post("?wait=true", attempt.part, {})  # without it, no id comes back
        return _sent(made, self._guild) if isinstance(made, dict) else made

    def reconcile(self, attempt: Attempt) -> Reading:
        return Unknown("a webhook cannot read the channel")

    def retract(self, sent: Sent) -> Outcome:
        return self._rest.taken_back("DELETE", f"/messages/{sent.id}", sent)


class BotSender(_Messages):
    """A bot in one channel; it must be allowed to see it, send, and read its history."""

    reads_back = True

    def __init__(self, account: Network, base: str, token: str, read_s: float) -> None:
        self._channel = str(account.options.get("channel_id") or "")
        if not self._channel.isascii() or not self._channel.isdigit():
            todo = 'Set networks.discord.channel_id to its number, in quotes: "1234".'
            raise UsageError("discord", "needs to be told the channel", todo)
        headers = {"Authorization": f"Bot {token}"}
        self._rest = Rest("discord", base, headers, (token,), read_s, _wait)
        self._route = f"/channels/{self._channel}/messages"
        self._me = ""
        self._guild = ""

    def identity(self) -> Identity:
        me = self._rest.asked("/users/@me")
        place = self._rest.asked(f"/channels/{self._channel}")
        self._me, self._guild = str(me.get("id") or ""), str(place.get("guild_id") or "")
        if not self._me:
            raise PublishError("discord", "does not say whose token this is", "Make a new one.")
        return Identity(f"{self._me}/{self._channel}", str(me.get("username") or ""))

    def newest(self) -> tuple[Seen, ...]:
        return self._messages({"limit": 50})

    def _messages(self, asked: dict[str, Any]) -> tuple[Seen, ...]:
        if not self._me:
            self.identity()
        found = self._rest.asked(self._route, params=asked)
        mine = [m for m in found if str((m.get("author") or {}).get("id")) == self._me]
        return tuple(_seen(m) for m in mine)

    def prepare(self, part: Part, started: int) -> Prepared | NotSent | Refused:
        made = super().prepare(part, started)
        if not isinstance(made, Prepared):
            return made
        try:
            # Anybody may have written since the part before: the channel's newest, not our own.
            newest = self._rest.asked(self._route, params={"limit": 1})
        except PublishError as error:
            return NotSent(f"the channel cannot be read: {error.what}")
        since = str(newest[0].get("id") or "") if newest else ""
        return Prepared(made.token, since=since or "0")

    def send(self, attempt: Attempt) -> Outcome:
        part = attempt.part
        body: dict[str, Any] = {"nonce": attempt.prepared.token, "enforce_nonce": True}
        if part.parent is not None:
            body["message_reference"] = {"message_id": part.parent.id}
        made = self._post(self._route, part, body)
        return _sent(made, self._guild) if isinstance(made, dict) else made

    def reconcile(self, attempt: Attempt) -> Reading:
        try:
            found = self._messages({"limit": 100, "after": attempt.prepared.since})
        except PublishError as error:
            return Unknown(f"the channel cannot be read: {error.what}")
        reading = found_among(found, attempt.part)
        if isinstance(reading, Absent) and len(found) >= 100:
            return Unknown("the channel has had more than 100 messages since")
        return reading

    def retract(self, sent: Sent) -> Outcome:
        return self._rest.taken_back("DELETE", f"{self._route}/{sent.id}", sent)


def _sent(message: dict[str, Any], guild: str) -> Sent:
    place = f"{guild or message.get('guild_id') or '@me'}/{message.get('channel_id')}"
    return Sent(str(message["id"]), f"https://discord.com/channels/{place}/{message['id']}")


def _seen(message: dict[str, Any]) -> Seen:
    at = stamp_ms(message.get("timestamp"))
    parent = str((message.get("message_reference") or {}).get("message_id") or "")
    return Seen(str(message.get("id") or ""), str(message.get("content") or ""), at, parent)


def _wait(body: Any) -> int | None:
    """When a limit ends, in ms from now."""
    seconds = body.get("retry_after") if isinstance(body, dict) else None
    return int(seconds * 1000) if isinstance(seconds, int | float) else None
