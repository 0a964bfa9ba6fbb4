"""Sending to X, against a double that holds to its documented rules."""

from __future__ import annotations

import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from generator.errors import UsageError
from generator.networks.base import Facet, Segment
from generator.publish.base import (
    Absent,
    Ambiguous,
    Attempt,
    Found,
    Media,
    NotSent,
    Outcome,
    Part,
    Post,
    Prepared,
    PublishError,
    Refused,
    Sent,
    Unknown,
)
from generator.publish.senders.x import XSender
from generator.publish.senders.x_answers import answer
from generator.publish.senders.x_login import Login
from generator.settings import Network
from tests.publish.doubles.started import Running, running
from tests.publish.doubles.x import KEYS

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 400


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running("x") as started:
        yield started


@pytest.fixture
def x(server: Running) -> Running:
    calm = {"lag": 0, "duplicates": True, "credits": 10**9, "limit": 10**9}
    server.tell(**calm, faults=[], read_faults=[], posts=[], media={}, calls={}, secret="")
    return server


@pytest.fixture
def desk_x(x: Running, tmp_path: Path) -> XSender:
    return XSender(account(x), tmp_path / "accounts", read_s=0.5)


def account(x: Running, **secrets: str) -> Network:
    return Network("x", {"base_url": x.url}, KEYS | secrets)


def part(
    text: str, parent: Sent | None = None, *media: Media, facets: tuple[Facet, ...] = ()
) -> Part:
    post = Post("x", "en", (Segment(text, text, len(text), facets),), (media,))
    return Part(post, 0, "key/0", parent, parent)


def send(sender: XSender, piece: Part) -> tuple[Attempt, Outcome]:
    prepared = sender.prepare(piece, 1)
    assert isinstance(prepared, Prepared), prepared
    attempt = Attempt(piece, prepared, 1)
    return attempt, sender.send(attempt)


def test_a_thread_with_a_picture_and_its_alt_text_goes_out(desk_x: XSender, x: Running) -> None:
    picture = Media("chart.png", PNG, "image/png", "A line chart.")
    _, first = send(desk_x, part("one", None, picture))
    assert isinstance(first, Sent)
    _, second = send(desk_x, part("two", first))
    assert isinstance(second, Sent)
    told = x.told()
    assert [(p["text"], p["parent"]) for p in told["posts"]] == [("one", ""), ("two", first.id)]
    assert [m["alt"] for m in told["media"].values()] == ["A line chart."]
    assert told["posts"][0]["media"] == list(told["media"])
    assert first.url == f"https://x.com/desk/status/{first.id}"


def test_wrong_keys_are_told_without_being_shown(x: Running, tmp_path: Path) -> None:
    sender = XSender(account(x, api_secret="planted-wrong-000000"), tmp_path)
    with pytest.raises(PublishError, match="answers 401") as told:
        sender.identity()
    assert "planted" not in str(told.value)


def test_keys_do_not_travel_unencrypted(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unencrypted"):
        XSender(Network("x", {"base_url": "http://example.org"}, KEYS), tmp_path)


def test_missing_keys_are_named(x: Running, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="COMMENTARY_NETWORKS__X__API_SECRET"):
        XSender(Network("x", {"base_url": x.url}, {"api_key": "a"}), tmp_path)


@pytest.mark.parametrize("fault", ["500 before", "drop before", "slow before", "503 before"])
def test_what_may_be_out_and_is_not_is_not_found(desk_x: XSender, x: Running, fault: str) -> None:
    x.tell(faults=[fault])
    attempt, outcome = send(desk_x, part("one"))
    assert isinstance(outcome, Ambiguous)
    assert isinstance(desk_x.reconcile(attempt), Absent)
    assert x.told()["posts"] == []


@pytest.mark.parametrize("fault", ["500 after", "drop after", "slow after", "503 after"])
def test_what_is_out_though_the_answer_was_lost_is_found(
    desk_x: XSender, x: Running, fault: str
) -> None:
    x.tell(faults=[fault])
    attempt, outcome = send(desk_x, part("P&L of $BTC < 1: https://example.org/a_b é"))
    assert isinstance(outcome, Ambiguous)
    found = desk_x.reconcile(attempt)
    assert isinstance(found, Found)
    assert found.sent.id == x.told()["posts"][0]["id"]


def test_a_picture_does_not_hide_a_post_from_being_found(desk_x: XSender, x: Running) -> None:
    x.tell(faults=["drop after"])
    attempt, _ = send(desk_x, part("one", None, Media("c.png", PNG, "image/png", "")))
    assert isinstance(desk_x.reconcile(attempt), Found)


def test_the_same_words_as_another_answer_are_another_post(desk_x: XSender, x: Running) -> None:
    x.tell(duplicates=False)
    _, root = send(desk_x, part("root"))
    assert isinstance(root, Sent)
    x.tell(faults=["drop before"])
    attempt, _ = send(desk_x, part("same", root))
    send(desk_x, part("same"))
    assert isinstance(desk_x.reconcile(attempt), Absent)


def test_what_stood_there_before_is_not_taken_for_it(desk_x: XSender, x: Running) -> None:
    x.tell(duplicates=False)
    send(desk_x, part("same"))
    x.tell(faults=["drop before"])
    attempt, _ = send(desk_x, part("same"))
    assert isinstance(desk_x.reconcile(attempt), Absent)


def test_said_already_is_uncertain_not_refused(desk_x: XSender, x: Running) -> None:
    send(desk_x, part("one"))
    _, outcome = send(desk_x, part("one"))
    assert isinstance(outcome, Ambiguous)
    assert "duplicate" in outcome.reason


def test_a_second_cashtag_is_refused_with_what_to_do(desk_x: XSender, x: Running) -> None:
    _, outcome = send(desk_x, part("$BTC and $ETH"))
    assert isinstance(outcome, Refused)
    assert "one cashtag" in outcome.hint


def test_answering_somebody_else_is_refused(desk_x: XSender, x: Running) -> None:
    x.tell(foreign="77")
    _, outcome = send(desk_x, part("hello", Sent("77")))
    assert isinstance(outcome, Refused)


def test_without_credits_nothing_is_sent_and_it_may_be_tried_again(
    desk_x: XSender, x: Running
) -> None:
    x.tell(credits=0)
    _, outcome = send(desk_x, part("one"))
    assert isinstance(outcome, NotSent)
    assert "credits" in outcome.reason


def test_a_limit_tells_when_it_ends(desk_x: XSender, x: Running) -> None:
    desk_x.identity()
    x.tell(limit=1)
    _, outcome = send(desk_x, part("one"))
    assert isinstance(outcome, NotSent)
    assert outcome.retry_at > 1_700_000_000_000


def test_no_connection_is_certainly_not_sent(tmp_path: Path) -> None:
    sender = XSender(Network("x", {"base_url": "http://127.0.0.1:9"}, KEYS), tmp_path)
    outcome = sender.send(Attempt(part("one"), Prepared(), 1))
    assert isinstance(outcome, NotSent)


def test_what_stays_on_this_machine_passes_no_proxy(
    desk_x: XSender, x: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    _, outcome = send(desk_x, part("one"))
    assert isinstance(outcome, Sent)


def test_a_timeline_that_does_not_answer_leaves_it_unknown(desk_x: XSender, x: Running) -> None:
    x.tell(faults=["drop after"])
    attempt, _ = send(desk_x, part("one"))
    x.tell(read_faults=["503 before"])
    assert isinstance(desk_x.reconcile(attempt), Unknown)


def test_an_unreadable_timeline_stops_before_anything_is_sent(desk_x: XSender, x: Running) -> None:
    desk_x.identity()
    x.tell(read_faults=["503 before"])
    assert isinstance(desk_x.prepare(part("one"), 1), NotSent)
    assert x.told()["posts"] == []


def test_a_post_is_taken_back_once(desk_x: XSender, x: Running) -> None:
    _, sent = send(desk_x, part("one"))
    assert isinstance(sent, Sent)
    assert desk_x.retract(sent) == sent
    assert x.told()["posts"] == []
    assert isinstance(desk_x.retract(sent), Refused)


def test_an_address_costs_more() -> None:
    sender = object.__new__(XSender)
    assert sender.cost(part("one")) == 15_000
    link = Facet("link", 0, 3, "https://example.org")
    assert sender.cost(part("one", facets=(link,))) == 200_000


def test_reading_an_alt_text_and_taking_back_are_counted_too(desk_x: XSender) -> None:
    desk_x.identity()
    assert desk_x.request_cost() == 10_000
    assert desk_x.newest() == ()
    assert desk_x.request_cost() == 0  # X charges by what it shows
    attempt, first = send(desk_x, part("one", None, Media("a.png", PNG, "image/png", "A line.")))
    assert isinstance(first, Sent)
    assert desk_x.request_cost() == 5_000
    desk_x.reconcile(attempt)
    desk_x.newest()
    assert desk_x.request_cost() == 2_000
    desk_x.retract(first)
    assert (desk_x.request_cost(), desk_x.request_cost()) == (10_000, 0)


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (400, "bad", NotSent),
        (401, "", NotSent),
        (402, "", NotSent),
        (403, "You are not allowed to create a Tweet with duplicate content.", Ambiguous),
        (403, "a maximum of one cashtag", Refused),
        (403, "Your monthly spend cap is reached", Refused),
        (403, "This request looks like it might be automated.", Refused),
        (403, "You can only reply to or quote posts where you are mentioned", Refused),
        (403, "contains a malicious URL", Refused),
        (403, "Your account is suspended", Refused),
        (403, "", Refused),
        (404, "", Refused),
        (409, "", Refused),
        (413, "", Refused),
        (422, "", Refused),
        (429, "", NotSent),
        (302, "", Ambiguous),
        (500, "", Ambiguous),
        (503, "", Ambiguous),
    ],
)
def test_every_answer_has_one_meaning(status: int, said: str, kind: type) -> None:
    assert isinstance(answer(status, {}, said, 1), kind)


# ---------------------------------------------------------------- OAuth 2.0


def app(x: Running) -> Network:
    return Network("x", {"base_url": x.url, "client_id": "client"})


def logged_in(x: Running, state: Path) -> Login:
    login = Login(app(x), state)
    address, session = login.begin()
    asked = parse_qs(urlsplit(address).query)
    x.tell(codes={"granted": asked["code_challenge"][0]})
    login.finish(session, f"http://127.0.0.1:8920/callback?state={asked['state'][0]}&code=granted")
    return login


def test_a_login_is_kept_for_this_user_alone_and_sends(x: Running, tmp_path: Path) -> None:
    login = logged_in(x, tmp_path / "accounts")
    assert stat.S_IMODE(login.path.stat().st_mode) == 0o600
    _, outcome = send(XSender(app(x), tmp_path / "accounts"), part("one"))
    assert isinstance(outcome, Sent)


def test_a_new_token_is_on_disk_before_it_is_used(x: Running, tmp_path: Path) -> None:
    login = logged_in(x, tmp_path)
    before = json.loads(login.path.read_text())
    login.expire()
    XSender(app(x), tmp_path).identity()
    after = json.loads(login.path.read_text())
    assert after["refresh_token"] != before["refresh_token"]
    assert after["access_token"] == x.told()["tokens"]["access"]


def test_a_used_refresh_token_asks_for_a_new_login(x: Running, tmp_path: Path) -> None:
    login = logged_in(x, tmp_path)
    old = login.path.read_text()
    login.expire()
    XSender(app(x), tmp_path)
    login.path.write_text(old)
    login.expire()
    with pytest.raises(PublishError, match="commentary login x") as told:
        XSender(app(x), tmp_path)
    assert "refresh-secret" not in str(told.value)


def test_a_token_that_x_refuses_is_renewed_by_the_next_run(x: Running, tmp_path: Path) -> None:
    logged_in(x, tmp_path)
    x.tell(access="access-secret-other")
    with pytest.raises(PublishError, match="401"):
        XSender(app(x), tmp_path).identity()
    assert XSender(app(x), tmp_path).identity().handle == "@desk"


@pytest.mark.parametrize("pasted", ["", "https://example.org/?code=granted&state=another", "code"])
def test_an_address_of_another_login_is_refused(x: Running, tmp_path: Path, pasted: str) -> None:
    login = Login(app(x), tmp_path)
    _, session = login.begin()
    with pytest.raises(UsageError, match="no permission"):
        login.finish(session, pasted)


def test_the_libraries_log_no_token_at_any_level(
    x: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        logged_in(x, tmp_path / "a")
        send(XSender(app(x), tmp_path / "a"), part("one"))
        send(XSender(account(x), tmp_path), part("two"))
    for word in (*KEYS.values(), "access-secret", "refresh-secret", "granted"):
        assert word not in caplog.text
