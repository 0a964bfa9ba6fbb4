"""Mail over TLS: the password and the text go only where the certificate says who listens."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.publish.base import PublishError
from generator.publish.ledger import Ledger
from generator.publish.outbox import Outbox
from generator.publish.senders.smtp import SmtpSender
from generator.settings import Network
from tests.publish.certificates import certificate
from tests.publish.test_mail import Mailbox, account, approved, met, newsletter, outbox, read

pytest.importorskip("mjml", reason="e-mail HTML needs mjml-python")
pytest.importorskip("cryptography", reason="a certificate is made with cryptography")
controller = pytest.importorskip("aiosmtpd.controller", reason="no aiosmtpd")
smtp = pytest.importorskip("aiosmtpd.smtp")
PASSWORD = "planted-mail-password-0000"

__all__ = ["outbox"]
Serve = Callable[..., tuple[Mailbox, int]]


class Guarded(Mailbox):
    """A mailbox that notes who logged in, and whether anybody could have listened."""

    def __init__(self) -> None:
        super().__init__()
        self.logins: list[tuple[str, bool]] = []

    def login(self, server: Any, session: Any, envelope: Any, way: str, given: Any) -> Any:
        encrypted = server.transport.get_extra_info("ssl_object") is not None
        self.logins.append((given.login.decode(), encrypted))
        good = given.password.decode() == PASSWORD
        return smtp.AuthResult(success=good, handled=good)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts a server with a certificate for a host; STARTTLS, or TLS from the start."""
    running = []

    def serve(host: str = "127.0.0.1", *, at_once: bool = False) -> tuple[Guarded, int]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate(tmp_path, host))
        box = Guarded()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        tls = {"ssl_context": context} if at_once else {"tls_context": context}
        asks = {"auth_required": True, "authenticator": box.login, "auth_require_tls": not at_once}
        more = {} if at_once else {"require_starttls": True}
        server = controller.Controller(box, hostname="127.0.0.1", port=port, **tls, **asks, **more)
        server.start()
        running.append(server)
        return box, port

    yield serve  # type: ignore[misc]
    for server in running:
        server.stop()


def with_login(port: int, scheme: str = "smtp", password: str = PASSWORD) -> Network:
    plain = account(port, base_url=f"{scheme}://127.0.0.1:{port}", user="desk")
    return Network("smtp", plain.options, {"password": password})


def trusted(monkeypatch: pytest.MonkeyPatch, folder: Path, host: str = "127.0.0.1") -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / f"{host}.pem"))


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # it knows of no TLS from the start
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_mail_arrives_through_a_login_that_nobody_could_overhear(
    serve: Serve, outbox: Outbox, ledger: Ledger, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, scheme: str,
) -> None:  # fmt: skip
    box, port = serve(at_once=scheme == "smtps")
    trusted(monkeypatch, tmp_path)
    sender = met(outbox, SmtpSender(with_login(port, scheme)))
    result = outbox.deliver(approved(ledger, newsletter()), sender)
    assert result.whole, result
    assert box.logins == [("desk", True)] * len(box.logins) != []  # type: ignore[attr-defined]
    (mail,) = box.mails
    assert read(mail)["Subject"] == newsletter().title


@pytest.mark.parametrize("host", ["127.0.0.1", "mail.example.org"])
def test_a_server_that_cannot_prove_who_it_is_gets_neither_password_nor_text(
    serve: Serve, outbox: Outbox, ledger: Ledger, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, host: str,
) -> None:  # fmt: skip
    """Its certificate is trusted by nobody, or is another host's."""
    box, port = serve(host)
    if host != "127.0.0.1":
        trusted(monkeypatch, tmp_path, host)
    sender = SmtpSender(with_login(port))
    with pytest.raises(PublishError, match="SSLCertVerificationError") as told:
        outbox.deliver(approved(ledger, newsletter()), sender)
    assert "planted" not in str(told.value)
    assert box.mails == box.logins == []  # type: ignore[attr-defined]


def test_a_wrong_password_sends_nothing_and_is_shown_nowhere(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, port = serve()
    trusted(monkeypatch, tmp_path)
    with pytest.raises(PublishError, match="535") as told:
        SmtpSender(with_login(port, password="planted-wrong-0000")).identity()
    assert "planted" not in str(told.value)
    assert box.mails == []
