"""Newsletters as drafts in Ghost, against a strict double; `make test-servers` has Ghost itself."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape

import pytest

from generator.networks.base import Segment
from generator.newsletter.pictures import Picture
from generator.newsletter.web import web
from generator.publish.base import Attempt, Media, Part, Post, Prepared, PublishError, Refused, Sent
from generator.publish.ledger import Approval, Ledger
from generator.publish.outbox import Outbox, SystemClock
from generator.publish.senders.ghost import GhostSender, same_words
from generator.settings import Network, PublishSection
from tests.newsletter.desk import letter
from tests.publish.doubles.ghost import KEYS, Ghost
from tests.publish.doubles.serving import Double
from tests.publish.pictures import PNG


@dataclass
class Site:
    """rules: of the double; None for Ghost itself."""

    url: str
    key: str
    rules: Ghost | None

    def sender(self, read_s: float = 5.0) -> GhostSender:
        account = Network("ghost", {"base_url": self.url}, {"admin_key": self.key})
        return GhostSender(account, read_s=read_s)


@pytest.fixture
def site() -> Iterator[Site]:
    server = Double(Ghost())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_address[1]}", KEYS["admin_key"], server.rules)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def double(site: Site) -> Ghost:
    assert site.rules is not None
    return site.rules


def newsletter(add: str = "") -> Post:
    """A newsletter as approved, with its picture."""
    draft = letter()
    name = "1-price-btc.newsletter.png"
    alt = 'BTC, 24 h: a < b & "c"'
    page = web(draft, [Picture(f"charts/{name}", alt, 1200, 800)])
    text = draft.segments[0]
    if add:
        page, text = page + f"<p>{add}</p>", f"{text}\n\n{add}"
    segment = Segment(text, text, len(text))
    media = (Media(name, PNG, "image/png", alt),)
    return Post("ghost", "en", (segment,), (media,), draft.title, {"web": page})


_count = iter(range(10_000))


def approved(ledger: Ledger, post: Post, **more: object) -> Approval:
    """An approval in a slot of its own: Ghost itself keeps what earlier tests left."""
    slot = f"2026-11-23/t{os.getpid()}-{next(_count)}"
    now = SystemClock().now()
    given = {
        "run": "2026-11-23/0800-abc",
        "as_of": now,
        "slot": slot,
        "mode": "live",
        "who": "person",
        "at": now,
    }
    return ledger.approve(post, **(given | more))  # type: ignore[arg-type]


def outbox_of(ledger: Ledger, site: Site) -> Outbox:
    outbox = Outbox(ledger, PublishSection(pause_s=0.05), SystemClock())
    ledger.meet("ghost", site.sender().identity(), 0)
    return outbox


def page(site: Site, number: str) -> dict[str, object]:
    found = site.sender()._by(f"/ghost/api/admin/posts/{number}/")
    assert isinstance(found, dict)
    return found


def test_a_draft_is_made_with_its_picture_and_reads_back_word_for_word(
    site: Site, ledger: Ledger
) -> None:
    post = newsletter()
    result = outbox_of(ledger, site).deliver(approved(ledger, post), site.sender())
    assert result.whole, result
    sent = result.entry.rows[0].sent
    assert sent is not None
    found = page(site, sent.id)
    assert found["status"] == "draft"
    assert found["title"] == post.title
    assert "".join(re.findall(r"<img[^>]*src=\"([^\"]*)\"", str(found["html"]))).endswith(".png")
    assert "BTC, 24 h: a < b & " in unescape(str(found["html"]))
    assert same_words(found, Part(post, 0, "k"))
    assert not same_words(found, Part(newsletter("One more."), 0, "k"))


def test_the_same_post_is_one_page_however_often_it_is_sent(site: Site, ledger: Ledger) -> None:
    approval = approved(ledger, newsletter())
    first = outbox_of(ledger, site).deliver(approval, site.sender())
    with Ledger(ledger.folder.with_name("lost")) as empty:  # the ledger of another machine
        again = approved(empty, newsletter(), slot=approval.slot)
        second = outbox_of(empty, site).deliver(again, site.sender())
    assert first.entry.rows[0].sent == second.entry.rows[0].sent


@pytest.mark.parametrize("fault", ["drop before", "drop after", "503 after", "503 before"])
def test_whatever_breaks_there_is_one_page_or_a_person_is_asked(
    site: Site, double: Ghost, ledger: Ledger, fault: str
) -> None:
    double.faults = [fault]
    result = outbox_of(ledger, site).deliver(approved(ledger, newsletter()), site.sender())
    there = fault.endswith("after")
    assert len(double.posts) == int(there)
    assert result.entry.state == ("sent" if there else "uncertain")


def test_a_correction_changes_the_page_and_not_what_somebody_else_changed(
    site: Site, ledger: Ledger
) -> None:
    outbox, sender = outbox_of(ledger, site), site.sender()
    sent = outbox.deliver(approved(ledger, newsletter()), sender).entry.rows[0].sent
    assert sent is not None
    if site.rules is None:
        time.sleep(1.1)  # Ghost tells changes apart by the second
    part = Part(newsletter("Corrected."), 0, "h/2026-11-23/c/0", sent, sent)
    prepared = sender.prepare(part, 0)
    assert isinstance(prepared, Prepared)
    assert isinstance(sender.send(Attempt(part, prepared, 0)), Sent)
    assert "Corrected." in str(page(site, sent.id)["html"])
    other = Part(newsletter("Corrected otherwise."), 0, "h/2026-11-23/d/0", sent, sent)
    late = sender.send(Attempt(other, prepared, 0))
    assert isinstance(late, Refused)
    assert late.reason.startswith("409")
    stale = replace(prepared, since="2020-01-01T00:00:00.000Z")
    assert isinstance(sender.send(Attempt(other, stale, 0)), Refused)


def test_a_draft_is_taken_back_whole_and_twice_is_no_matter(site: Site, ledger: Ledger) -> None:
    sender = site.sender()
    sent = (
        outbox_of(ledger, site).deliver(approved(ledger, newsletter()), sender).entry.rows[0].sent
    )
    assert sent is not None
    assert sender.retract(sent) == sent
    assert sender.retract(sent) == sent
    assert sender._by(f"/ghost/api/admin/posts/{sent.id}/") is None


def test_a_wrong_key_sends_nothing_and_is_shown_nowhere(site: Site, ledger: Ledger) -> None:
    secret = "cd34" * 16
    wrong = Site(site.url, f"{site.key.partition(':')[0]}:{secret}", None)
    with pytest.raises(PublishError) as caught:
        wrong.sender().identity()
    assert "401" in str(caught.value)
    assert secret not in str(caught.value)
