"""Threads with a chart on real servers: the Bluesky PDS, mastodon_mock and nostr-relay."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from generator.networks import named
from generator.networks.base import Segment
from generator.publish.base import (
    Absent,
    Attempt,
    Found,
    Media,
    Part,
    Post,
    Prepared,
    Sender,
    Sent,
)
from generator.publish.corrections import Retracting, retraction
from generator.publish.ledger import Approval, Ledger
from generator.publish.outbox import Outbox, SystemClock
from generator.publish.senders import sender_of
from generator.settings import Network, PublishSection
from tests.publish.killing import Standing, drive
from tests.servers.started import mastodon, pds, relay

pytestmark = pytest.mark.skipif(
    not os.environ.get("COMMENTARY_SERVERS"), reason="real servers run with `make test-servers`"
)
THREADS = 25
CHART = Path(__file__).parents[2] / "docs" / "chart-price.png"
TEXTS = (
    "$BTC fell 3.1% “é” 👨‍👩‍👧 — P&L < 1:\n\nhttps://example.org/a_b?c=1 #Bitcoin #Ethereum",
    "Funding: -0.0120% per 8 h",
    "Not advice. #Bitcoin",
)


def ask(url: str, body: Any = None, **headers: str) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"content-type": "application/json", **headers})
    with urlopen(request, timeout=20) as answer:
        return json.loads(answer.read() or b"null")


@dataclass
class Real:
    """One account on a real server, as `drive` wants it."""

    network: str
    settings: Network
    state: Path
    faults: Sequence[str] = ()
    resend: bool = False
    kept: dict[str, str] = field(default_factory=dict)

    def sender(self) -> Sender:
        return sender_of(self.settings, self.state)

    def arm(self, rng: random.Random, faults: Sequence[str]) -> None:
        """A real server has no faults to order; SIGKILL, a full disk and the clock are enough."""

    def standing(self) -> list[Standing]:
        raise NotImplementedError


class OnPDS(Real):
    def standing(self) -> list[Standing]:
        found, cursor = list[Any](), ""
        base = f"{self.settings.base_url}/xrpc/com.atproto.repo.listRecords"
        while True:
            asked = f"?repo=desk.test&collection=app.bsky.feed.post&limit=100&cursor={cursor}"
            page = ask(base + (asked if cursor else asked.rpartition("&")[0]))
            found += page["records"]
            cursor = page.get("cursor", "")
            if not cursor:
                break
        return [
            Standing(
                r["uri"],
                r["value"]["text"],
                r["value"].get("reply", {}).get("parent", {}).get("uri", ""),
            )
            for r in reversed(found)
        ]


class OnMastodon(Real):
    def standing(self) -> list[Standing]:
        from generator.publish.senders.mastodon import seen_of

        found: list[Any] = []
        token = f"Bearer {self.settings.secrets['access_token']}"
        me = ask(
            f"{self.settings.base_url}/api/v1/accounts/verify_credentials", Authorization=token
        )
        base = f"{self.settings.base_url}/api/v1/accounts/{me['id']}/statuses?limit=40"
        while page := ask(
            base + (f"&max_id={found[-1]['id']}" if found else ""), Authorization=token
        ):
            found += page
        return [Standing(s.id, s.text, s.parent) for s in map(seen_of, reversed(found))]


class OnRelay(Real):
    def standing(self) -> list[Standing]:
        sender: Any = self.sender()
        found = sender._looked_up({"authors": [sender.identity().id], "kinds": [1], "limit": 5000})
        assert isinstance(found, list), found
        order = sorted(found, key=lambda e: (e["created_at"], _depth(e, found)))
        return [Standing(e["id"], e["content"], _parent(e)) for e in order]


def _parent(event: dict[str, Any]) -> str:
    answers = [t[1] for t in event["tags"] if t[0] == "e"]
    return answers[-1] if answers else ""


def _depth(event: dict[str, Any], events: list[dict[str, Any]]) -> int:
    known = {e["id"]: e for e in events}
    depth, at = 0, _parent(event)
    while at in known:
        depth, at = depth + 1, _parent(known[at])
    return depth


@pytest.fixture(scope="module", params=["bluesky", "mastodon", "nostr"])
def real(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Real]:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "bluesky":
        with pds(folder) as url:
            account = {
                "email": "desk@example.org",
                "handle": "desk.test",
                "password": "planted-pds",
            }
            ask(f"{url}/xrpc/com.atproto.server.createAccount", account)
            options = {"base_url": url, "handle": "desk.test"}
            yield OnPDS(
                "bluesky", Network("bluesky", options, {"app_password": "planted-pds"}), folder
            )
    elif request.param == "mastodon":
        with mastodon(folder) as url:
            keys = {"access_token": "mock_token"}
            yield OnMastodon("mastodon", Network("mastodon", {"base_url": url}, keys), folder)
    else:
        with relay(folder) as url:
            keys = {"private_key": "37" * 32}
            yield OnRelay("nostr", Network("nostr", {"base_url": url}, keys), folder)


def test_a_thread_with_a_chart_goes_out_and_is_read_back(real: Real) -> None:
    network, sender = named(real.network), real.sender()
    takes = network.pictures(TEXTS[0]) > 0
    picture = Media("chart.png", CHART.read_bytes(), "image/png", "A line chart: BTC.")
    segments = tuple(network.segment(t) for t in TEXTS)
    post = Post(real.network, "en", segments, ((picture,),) if takes else ())
    sent: list[Sent] = []
    for index in range(3):
        part = Part(post, index, f"{time.time()}/{index}", *((sent[0], sent[-1]) if sent else ()))
        started = int(time.time() * 1000)
        prepared = sender.prepare(part, started)
        assert isinstance(prepared, Prepared), prepared
        attempt = Attempt(part, prepared, started)
        assert isinstance(sender.reconcile(attempt), Absent)
        outcome = sender.send(attempt)
        assert isinstance(outcome, Sent), outcome
        found = sender.reconcile(attempt)
        assert isinstance(found, Found)
        assert found.sent.id == outcome.id
        sender.send(attempt)  # what was sent already makes no second post
        sent.append(outcome)
    stands = real.standing()
    assert [s.id for s in stands] == [s.id for s in sent]
    assert [s.parent for s in stands] == ["", sent[0].id, sent[1].id]
    assert " ".join(stands[0].text.split()) == " ".join(segments[0].text.split())
    assert {s.id for s in sender.newest()} == {s.id for s in sent}
    if real.network == "bluesky":
        _holds_the_picture(real, sent[0], picture)
    assert sender.retract(sent[-1]) == sent[-1]
    assert [s.id for s in real.standing()] == [s.id for s in sent[:2]]


def test_a_correction_answers_the_first_part_and_a_retraction_takes_every_part_back(
    real: Real, tmp_path: Path
) -> None:
    network, sender, run = named(real.network), real.sender(), "2026-11-23/0800-abc"
    told = [f"{word} at {time.time_ns()}" for word in ("One", "Two", "Three", "Correction")]
    segments = tuple(network.segment(t) for t in told)

    def standing() -> list[Standing]:
        return [s for s in real.standing() if s.text in told]

    with Ledger(tmp_path / "state") as ledger:
        outbox = Outbox(ledger, PublishSection(pause_s=0.2), SystemClock())
        ledger.meet(real.network, sender.identity(), 0)

        def approved(parts: tuple[Segment, ...], slot: str, **more: Any) -> Approval:
            now = SystemClock().now()
            post = Post(real.network, "en", parts)
            return ledger.approve(
                post, run=run, as_of=now, slot=slot, mode="live", who="person", at=now, **more
            )

        result = outbox.deliver(approved(segments[:3], "morning"), sender)
        assert result.whole, result
        bound = {"kind": "correction", "original": result.entry.id}
        correction = outbox.deliver(approved(segments[3:], "morning#correction", **bound), sender)
        assert correction.whole, correction
        ids = {s.text: s.id for s in standing()}
        parents = {s.text: s.parent for s in standing()}
        assert [parents[t] for t in told] == ["", ids[told[0]], ids[told[1]], ids[told[0]]]
        taken, _ = retraction(ledger, result.entry, run, SystemClock().now())
        for _ in range(2):
            done = outbox.deliver(taken, Retracting(sender, result.entry))
            assert done.whole, done
        assert [s.text for s in standing()] == told[3:]


def _holds_the_picture(real: Real, sent: Sent, picture: Media) -> None:
    """The record on the server: the text's facets, the picture's own bytes, its description."""
    did, key = sent.id.split("/")[2], sent.id.rpartition("/")[2]
    base = f"{real.settings.base_url}/xrpc/"
    asked = f"com.atproto.repo.getRecord?repo={did}&collection=app.bsky.feed.post&rkey={key}"
    record = ask(base + asked)["value"]
    text = record["text"].encode()
    marked = [
        text[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode() for f in record["facets"]
    ]
    assert marked == ["$BTC", "https://example.org/a_b?c=1", "#Bitcoin", "#Ethereum"]
    (image,) = record["embed"]["images"]
    assert image["alt"] == picture.alt
    cid = image["image"]["ref"]["$link"]
    with urlopen(f"{base}com.atproto.sync.getBlob?did={did}&cid={cid}", timeout=20) as answer:
        assert answer.read() == picture.data


def test_no_death_makes_a_second_post(real: Real, tmp_path: Path) -> None:
    tally = drive(real, tmp_path / "state", THREADS, seed=9)
    assert tally.sound, vars(tally)
    assert tally.killed
