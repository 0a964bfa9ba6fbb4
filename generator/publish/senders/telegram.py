"""Sending to a Telegram channel by a bot: plain text with its entities, or a picture's caption.

A bot cannot read what it sent, and Telegram has no key for a repeated request: what is not known
stays so until a person looks.
"""

from __future__ import annotations

import json
from typing import Any

from generator.errors import UsageError
from generator.networks.base import utf16
from generator.networks.telegram import CAPTION
from generator.publish.base import (
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
)
from generator.publish.secrets import secrets
from generator.publish.senders import server_of
from generator.publish.senders.rest import Rest
from generator.settings import Network

HOST = "https://api.telegram.org"
KINDS = {"hashtag": "hashtag", "cashtag": "cashtag", "link": "url"}


class TelegramSender:
    """One bot in one chat: a channel's `@name`, or a number."""

    reads_back = False
    idempotent = False

    def __init__(self, account: Network, *, read_s: float = 30.0) -> None:
        token = secrets(account, "bot_token")["bot_token"]
        self._chat = str(account.options.get("chat_id") or "")
        if not self._chat:
            todo = 'Set networks.telegram.chat_id, such as "@my_channel".'
            raise UsageError("telegram", "needs to be told where to send", todo)
        base = f"{server_of(account) or HOST}/bot{token}"
        self._rest = Rest("telegram", base, {}, (token,), read_s, _wait)
        self._name = self._chat.removeprefix("@") if self._chat.startswith("@") else ""

    # ---------------------------------------------------------------- the account

    def identity(self) -> Identity:
        bot = self._result(self._rest.asked("/getMe"))
        chat = self._result(self._rest.asked("/getChat", params={"chat_id": self._chat}))
        self._name = str(chat.get("username") or "")
        handle = f"@{self._name}" if self._name else str(chat.get("title") or "")
        url = f"https://t.me/{self._name}" if self._name else ""
        return Identity(f"{bot.get('id')}/{chat.get('id')}", handle, url)

    def _result(self, body: Any) -> dict[str, Any]:
        result = body.get("result") if isinstance(body, dict) else None
        if not isinstance(result, dict):
            raise PublishError("telegram", "gave an answer without a result", "Try again.")
        return result

    def newest(self) -> tuple[Seen, ...]:
        raise PublishError("telegram", "does not let a bot read a channel", "Look at it yourself.")

    # ---------------------------------------------------------------- sending

    def prepare(self, part: Part, started: int) -> Prepared | NotSent | Refused:
        if part.media and utf16(part.segment.text) > CAPTION:
            hint = "Approve it with --no-chart."
            return Refused(f"a picture's caption takes {CAPTION} characters", hint)
        if part.parent is not None and not part.parent.id.isdecimal():
            hint = "Tell its number: `commentary outbox resolve`."
            return Refused(f"{part.parent.id!r} is no message's number", hint)
        if len(part.media) > 1:
            return Refused("one picture goes with one text", "Approve it with --no-chart.")
        return Prepared()

    def send(self, attempt: Attempt) -> Outcome:
        part = attempt.part
        entities = [
            {"type": KINDS[f.kind], "offset": f.start, "length": f.end - f.start}
            for f in part.segment.facets
        ]
        body: dict[str, Any] = {"chat_id": self._chat}
        if part.parent is not None:
            body["reply_parameters"] = {"message_id": int(part.parent.id)}
        if part.media:
            picture = part.media[0]
            body |= {"caption": part.segment.text, "caption_entities": entities}
            files = {"photo": (picture.name, picture.data, picture.mime)}
            made = self._rest.call("POST", "/sendPhoto", data=_form(body), files=files)
        else:
            body |= {
                "text": part.segment.text,
                "entities": entities,
                "link_preview_options": {"is_disabled": True},
            }
            made = self._rest.call("POST", "/sendMessage", json=body)
        if isinstance(made, NotSent | Refused | Ambiguous):
            return made
        result = made.get("result") if isinstance(made, dict) else None
        number = str(result.get("message_id") or "") if isinstance(result, dict) else ""
        if not number:
            return Ambiguous("the answer names no message")
        return Sent(number, f"https://t.me/{self._name}/{number}" if self._name else "")

    def reconcile(self, attempt: Attempt) -> Reading:
        return Unknown()

    def retract(self, sent: Sent) -> Outcome:
        body = {"chat_id": self._chat, "message_id": int(sent.id)}
        return self._rest.taken_back("POST", "/deleteMessage", sent, json=body)

    def cost(self, part: Part) -> int:
        return 0


def _form(body: dict[str, Any]) -> dict[str, str]:
    """Fields beside a file are text; what is no text goes as JSON."""
    return {k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items()}


def _wait(body: Any) -> int | None:
    """When a limit ends, in ms from now."""
    told = body.get("parameters") if isinstance(body, dict) else None
    seconds = told.get("retry_after") if isinstance(told, dict) else None
    return int(seconds * 1000) if isinstance(seconds, int | float) else None
