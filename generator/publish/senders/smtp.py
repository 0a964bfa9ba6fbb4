"""Mail through a server of one's own. Mail cannot be read back: what is not known stays so."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from datetime import UTC, datetime
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from generator.errors import UsageError
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
from generator.publish.secrets import secrets, without
from generator.publish.senders import is_loopback
from generator.publish.senders.mail import composed
from generator.settings import Network

TIMEOUT_S = 30.0
PORTS = {"smtp": 587, "smtps": 465}


class SmtpSender:
    """One sender's address at one server, and the addresses that get it all."""

    reads_back = False
    idempotent = False

    def __init__(self, account: Network, *, timeout_s: float = TIMEOUT_S) -> None:
        given = {k: str(account.options.get(k) or "") for k in ("sender", "to", "user")}
        url = urlsplit(account.base_url or "")
        if url.scheme not in PORTS or not url.hostname:
            todo = "Set networks.smtp.base_url = smtp://host:587 or smtps://host:465."
            raise UsageError("smtp", "needs the address of its server", todo)
        self._host, self._port = url.hostname, url.port or PORTS[url.scheme]
        self._tls, self._here = url.scheme == "smtps", is_loopback(account.base_url or "")
        self._sender = _address(given["sender"], "sender")
        self._to = tuple(_address(a, "to") for a in given["to"].split(",") if a.strip())
        if not self._to:
            raise UsageError("smtp", "has nobody to send to", "Set networks.smtp.to.")
        self._user = given["user"]
        self._password = secrets(account, "password")["password"] if self._user else ""
        self._timeout_s = timeout_s

    def identity(self) -> Identity:
        """Logs in, and sends nothing."""
        try:
            self._open().quit()
        except (OSError, smtplib.SMTPException) as error:
            raise PublishError("smtp", self._said(error), "Nothing was sent.") from None
        return Identity(f"{self._sender} to {', '.join(self._to)}", self._sender)

    def newest(self) -> tuple[Seen, ...]:
        raise PublishError("smtp", "mail cannot be read back", "Look into a mailbox it went to.")

    def prepare(self, part: Part, started: int) -> Prepared | NotSent | Refused:
        if "mail" not in part.post.parts:
            hint = "pip install 'market-commentary[newsletter]', then write and approve it anew"
            return Refused("the approved text has no HTML for mail", hint)
        name = hashlib.sha256(part.key.encode()).hexdigest()[:32]
        return Prepared(token=f"<{name}@{self._sender.rpartition('@')[2]}>")

    def send(self, attempt: Attempt) -> Outcome:
        data = self._message(attempt)
        try:
            server = self._open()
        except (OSError, smtplib.SMTPException) as error:
            return NotSent(self._said(error))  # nobody was named yet
        try:
            return self._handed(server, data) or Sent(attempt.prepared.token)
        finally:
            server.close()

    def _handed(self, server: smtplib.SMTP, data: bytes) -> NotSent | Refused | Ambiguous | None:
        """None when the server took it. Nothing goes to some of the addresses only."""
        try:
            answers = [server.mail(self._sender), *(server.rcpt(a) for a in self._to)]
            if wrong := [a for a in answers if a[0] not in (250, 251)]:
                return self._refused(*wrong[0])
        except (OSError, smtplib.SMTPException) as error:
            return NotSent(self._said(error))  # before DATA a server has nothing to deliver
        try:
            code, said = server.data(data)
        except smtplib.SMTPDataError as error:
            return self._refused(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            return Ambiguous(f"while it was handed over: {self._said(error)}")
        return None if code == 250 else self._refused(code, said)

    def _refused(self, code: int, said: bytes | str) -> NotSent | Refused:
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        reason = f"{code} {without(text, (self._password,))}"
        return NotSent(reason) if 400 <= code < 500 else Refused(reason, "look at the addresses")

    def _open(self) -> smtplib.SMTP:
        """A connection that is logged in. Raises OSError and SMTPException."""
        context = ssl.create_default_context()
        # By itself smtplib would look up, and tell, the name of this machine.
        named = self._sender.rpartition("@")[2]
        host, port, wait = self._host, self._port, self._timeout_s
        server: smtplib.SMTP
        if self._tls:
            server = smtplib.SMTP_SSL(
                host, port, local_hostname=named, timeout=wait, context=context
            )
        else:
            server = smtplib.SMTP(host, port, local_hostname=named, timeout=wait)
        try:
            server.ehlo()
            # In the clear only on this machine itself, where nobody listens in.
            if not self._tls and (server.has_extn("starttls") or not self._here):
                server.starttls(context=context)
                server.ehlo()
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, attempt: Attempt) -> bytes:
        part = attempt.part
        headers = {
            "From": self._sender,
            "To": ", ".join(self._to),
            "Date": format_datetime(datetime.fromtimestamp(attempt.started / 1000, UTC)),
            "Message-ID": attempt.prepared.token,
        }
        if part.parent is not None:  # a correction
            headers |= {"In-Reply-To": part.parent.id, "References": part.parent.id}
        return composed(part.post, part.media, headers)

    def _said(self, error: BaseException) -> str:
        if isinstance(error, smtplib.SMTPResponseException):
            return self._refused(error.smtp_code, error.smtp_error).reason
        return without(f"no connection ({type(error).__name__})", (self._password,))

    def reconcile(self, attempt: Attempt) -> Reading:
        return Unknown("mail cannot be read back")

    def retract(self, sent: Sent) -> Outcome:
        return Refused("mail cannot be taken back", "`commentary correct` sends a correction")

    def cost(self, part: Part) -> int:
        return 0


def _address(text: str, key: str) -> str:
    """One plain address. Raises UsageError."""
    address = parseaddr(text)[1]
    if address != text.strip() or "@" not in address or not address.isprintable():
        raise UsageError(f"networks.smtp.{key}", f"{text!r} is no address", "name@example.org")
    return address
