"""The newsletter by mail and as files: received whole by a real server, or known not to be."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from generator.errors import UsageError
from generator.networks import named
from generator.newsletter.pictures import Picture
from generator.publish.base import Media, Post, PublishError
from generator.publish.corrections import Retracting, retraction
from generator.publish.ledger import Approval, Ledger
from generator.publish.outbox import Outbox, SystemClock
from generator.publish.senders.files import FileSender
from generator.publish.senders.smtp import SmtpSender
from generator.settings import Network, PublishSection
from tests.newsletter.desk import letter
from tests.publish.pictures import PNG

pytest.importorskip("mjml", reason="e-mail HTML needs mjml-python")
controller = pytest.importorskip("aiosmtpd.controller", reason="no aiosmtpd")
ALT = "BTC over 24 h"
NAME = "1-price-btc.newsletter.png"


class Mailbox:
    """What arrives; fault: a reply to give instead at one step, or `drop` there."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.faults: dict[str, str] = {}

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, *_: Any
    ) -> str:
        if told := self.faults.pop("RCPT", ""):
            return told
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        told = self.faults.pop("DATA", "250 taken")
        if not told.startswith(("4", "5", "drop before")):
            self.mails.append(envelope.content)
        if told.startswith("drop"):
            server.transport.abort()
        return told


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = controller.Controller(box, hostname="127.0.0.1", port=port)
    running.start()
    yield box, port
    running.stop()


def account(port: int, **more: str) -> Network:
    options = {
        "base_url": f"smtp://127.0.0.1:{port}",
        "sender": "desk@example.org",
        "to": "list@example.org",
    }
    return Network("smtp", options | more)


def newsletter() -> Post:
    draft = letter()
    picture = Picture(f"charts/{NAME}", ALT, 1200, 800)
    text = draft.segments[0]
    network = named("smtp")
    segments = network.render(draft)
    media = (Media(NAME, PNG, "image/png", ALT),)
    assert segments[0].text == text
    return Post("smtp", "en", segments, (media,), draft.title, network.bodies(draft, [picture]))


def approved(ledger: Ledger, post: Post, network: str = "smtp") -> Approval:
    now = SystemClock().now()
    return ledger.approve(
        Post(network, post.lang, post.segments, post.media, post.title, post.parts),
        run="2026-11-23/0800-abc", as_of=now, slot="2026-11-23/morning", mode="live", who="person", at=now,
    )  # fmt: skip


@pytest.fixture
def outbox(ledger: Ledger) -> Outbox:
    return Outbox(ledger, PublishSection(pause_s=0), SystemClock())


def met(outbox: Outbox, sender: SmtpSender) -> SmtpSender:
    outbox.ledger.meet("smtp", sender.identity(), 0)
    return sender


def read(mail: bytes) -> EmailMessage:
    out = message_from_bytes(mail, policy=policy.default)
    assert isinstance(out, EmailMessage)
    return out


def part_of(mail: EmailMessage, kind: str) -> EmailMessage:
    (found,) = [p for p in mail.walk() if p.get_content_type() == kind]
    return found


def test_a_mail_arrives_whole_with_text_html_and_picture(
    mailbox: tuple[Mailbox, int], outbox: Outbox, ledger: Ledger
) -> None:
    box, port = mailbox
    post = newsletter()
    result = outbox.deliver(approved(ledger, post), met(outbox, SmtpSender(account(port))))
    assert result.whole, result
    (raw,) = box.mails
    mail = read(raw)
    assert mail["Subject"] == post.title
    assert mail["Message-ID"] == result.entry.rows[0].sent.id  # type: ignore[union-attr]
    assert mail["X-Unsent"] is None
    shown = part_of(mail, "text/plain").get_content().replace("\r\n", "\n")
    assert shown == post.segments[0].text + "\n"
    page = part_of(mail, "text/html").get_content()
    picture = part_of(mail, "image/png")
    assert picture.get_payload(decode=True) == PNG
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in page
    assert f'alt="{ALT}"' in page


def test_the_message_id_is_that_of_the_approved_bytes_in_their_slot(
    mailbox: tuple[Mailbox, int], outbox: Outbox, ledger: Ledger, tmp_path: Path
) -> None:
    box, port = mailbox
    outbox.deliver(approved(ledger, newsletter()), met(outbox, SmtpSender(account(port))))
    with Ledger(tmp_path / "other") as other:
        again = Outbox(other, PublishSection(), SystemClock())
        again.deliver(approved(other, newsletter()), met(again, SmtpSender(account(port))))
    first, second = (read(m)["Message-ID"] for m in box.mails)
    assert first == second


def test_a_correction_by_mail_answers_the_first_and_mail_is_not_taken_back(
    mailbox: tuple[Mailbox, int], outbox: Outbox, ledger: Ledger
) -> None:
    box, port = mailbox
    sender = met(outbox, SmtpSender(account(port)))
    first = outbox.deliver(approved(ledger, newsletter()), sender).entry
    now = SystemClock().now()
    again = ledger.approve(
        newsletter(), run="2026-11-23/0800-abc", as_of=now, slot=f"{first.slot}#correction-1",
        mode="live", who="person", at=now, kind="correction", original=first.id,
    )  # fmt: skip
    assert outbox.deliver(again, sender).whole
    original, correction = (read(mail) for mail in box.mails)
    assert correction["In-Reply-To"] == correction["References"] == original["Message-ID"]
    assert correction["Message-ID"] != original["Message-ID"]
    taken, _ = retraction(ledger, first, "2026-11-23/0800-abc", now)
    result = outbox.deliver(taken, Retracting(sender, first))
    assert "commentary correct" in result.stopped
    assert len(box.mails) == 2


@pytest.mark.parametrize(
    ("step", "told", "state", "mails"),
    [
        ("RCPT", "550 no such user", "refused", 0),
        ("RCPT", "451 later", "not sent", 0),
        ("DATA", "554 spam", "refused", 0),
        ("DATA", "452 full", "not sent", 0),
        ("DATA", "drop before", "uncertain", 0),
        ("DATA", "drop after", "uncertain", 1),
    ],
)
def test_what_a_server_says_tells_whether_it_went(
    mailbox: tuple[Mailbox, int], outbox: Outbox, ledger: Ledger,
    step: str, told: str, state: str, mails: int,
) -> None:  # fmt: skip
    box, port = mailbox
    sender = met(outbox, SmtpSender(account(port)))
    approval = approved(ledger, newsletter())
    box.faults = {step: told}
    assert outbox.deliver(approval, sender).entry.state == state
    assert len(box.mails) == mails
    again = outbox.deliver(approval, sender).entry.state
    assert again == ("sent" if state == "not sent" else state)  # the unknown stays unknown
    assert len(box.mails) == (1 if again == "sent" else mails)


def test_nobody_gets_what_one_address_may_not(
    mailbox: tuple[Mailbox, int], outbox: Outbox, ledger: Ledger
) -> None:
    box, port = mailbox
    sender = met(outbox, SmtpSender(account(port, to="a@example.org, b@example.org")))
    box.faults = {"RCPT": "550 no such user"}
    assert outbox.deliver(approved(ledger, newsletter()), sender).entry.state == "refused"
    assert box.mails == []


def test_an_account_that_cannot_be_read_back_asks_a_person_first(
    mailbox: tuple[Mailbox, int], outbox: Outbox, ledger: Ledger
) -> None:
    with pytest.raises(PublishError, match="cannot be read back"):
        outbox.deliver(approved(ledger, newsletter()), SmtpSender(account(mailbox[1])))


def test_no_server_is_not_sent_and_a_remote_one_must_encrypt(
    mailbox: tuple[Mailbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PublishError, match="no connection"):
        SmtpSender(account(1)).identity()
    monkeypatch.setattr("generator.publish.senders.smtp.is_loopback", lambda url: False)
    with pytest.raises(PublishError):  # it offers no STARTTLS
        SmtpSender(account(mailbox[1])).identity()


@pytest.mark.parametrize(
    ("key", "value"),
    [("base_url", "mail.example.org"), ("to", ""), ("to", "nobody"), ("sender", "A <a@b.c>"), ("to", "a@b.c\nBcc: x@y.z")],
)  # fmt: skip
def test_settings_that_cannot_be_meant_are_refused(key: str, value: str) -> None:
    with pytest.raises(UsageError):
        SmtpSender(account(25, **{key: value}))


def test_files_are_written_once_and_taken_back(
    outbox: Outbox, ledger: Ledger, tmp_path: Path
) -> None:
    sender = FileSender(tmp_path / "out")
    approval = approved(ledger, newsletter(), "newsletter")
    assert outbox.deliver(approval, sender).whole
    names = sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.*"))
    stem = "2026-11-23-morning"
    assert names == [f"{stem}.eml", f"{stem}.md", f"{stem}.txt", f"charts/{NAME}"]
    row = outbox.deliver(approval, sender).entry.rows[0]
    assert row.tries == 1
    assert row.sent is not None
    sender.retract(row.sent)
    assert not (tmp_path / "out" / f"{stem}.eml").exists()


def test_the_mail_that_arrived_is_drawn_by_a_browser(
    mailbox: tuple[Mailbox, int], outbox: Outbox, ledger: Ledger, tmp_path: Path
) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium")
    box, port = mailbox
    outbox.deliver(approved(ledger, newsletter()), met(outbox, SmtpSender(account(port))))
    mail = read(box.mails[0])
    picture = part_of(mail, "image/png")
    (tmp_path / "p.png").write_bytes(PNG)
    page = part_of(mail, "text/html").get_content()
    page = page.replace("cid:" + picture["Content-ID"].strip("<>"), "p.png")
    (tmp_path / "mail.html").write_text(page)
    shot = tmp_path / "mail.png"
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        f"--user-data-dir={tmp_path / 'profile'}", "--window-size=640,1400",
        f"--screenshot={shot}", (tmp_path / "mail.html").as_uri(),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    drawn = shot.read_bytes()
    assert drawn.startswith(b"\x89PNG")
    assert len(drawn) > 20_000  # a blank page of this size has about 4 kB
