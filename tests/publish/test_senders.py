"""Every sender, against a double that holds to its network's documented rules."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.errors import CommentaryError, UsageError
from generator.networks.base import Segment
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
from generator.settings import Network
from tests.publish.accounts import ACCOUNTS, Account, rendered
from tests.publish.doubles.started import Running, running

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\x0dIHDR" + b"\x00\x00\x03 \x00\x00\x01\xc2" + b"0" * 99
CHART = Media("chart.png", PNG, "image/png", "A line chart.")
TEXTS = (
    "$BTC fell 3.1% “é” 👨‍👩‍👧 — P&L < 1:\n\nhttps://example.org/a_b?c=1 #Bitcoin #Ethereum",
    "Funding: -0.0120% per 8 h_x",
    "Not advice. #Bitcoin",
)
STARTED = 1_782_446_400_123
READING = [name for name in ACCOUNTS if name not in ("telegram", "discord")]
BLIND = ["telegram", "discord"]


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Running]]:
    with contextlib.ExitStack() as stack:
        modules = dict.fromkeys(a.module for a in ACCOUNTS.values())
        yield {m: stack.enter_context(running(m)) for m in modules}


class Desk:
    """One account, its double, and how a thread goes out by it."""

    def __init__(self, account: Account, server: Running, state: Path) -> None:
        self.account, self.server, self.state = account, server, state
        self.sender = account.sender(server, state)
        self.number = 0

    def part(self, index: int = 0, *before: Sent, media: tuple[Media, ...] = ()) -> Part:
        post = Post(self.account.network, "en-GB", rendered(self.account.network, *TEXTS), (media,))
        root, parent = (before[0], before[-1]) if before else (None, None)
        return Part(post, index, f"key/{index}", root, parent)

    def send(self, part: Part, started: int = STARTED) -> tuple[Attempt, Outcome]:
        prepared = self.sender.prepare(part, started)
        assert isinstance(prepared, Prepared), prepared
        attempt = Attempt(part, prepared, started)
        return attempt, self.sender.send(attempt)

    def sent(self, part: Part) -> Sent:
        _, outcome = self.send(part)
        assert isinstance(outcome, Sent), outcome
        return outcome

    @property
    def posts(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = self.server.told()["posts"]
        return found


@pytest.fixture(params=list(ACCOUNTS))
def desk_of(request: pytest.FixtureRequest, servers: dict[str, Running], tmp_path: Path) -> Desk:
    account = ACCOUNTS[request.param]
    server = servers[account.module]
    server.tell(reset=True)
    return Desk(account, server, tmp_path / "accounts")


def only(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("desk_of", names, indirect=True)


def test_a_thread_goes_out_in_order_each_part_answering_the_one_before(desk_of: Desk) -> None:
    first = desk_of.sent(desk_of.part(0))
    second = desk_of.sent(desk_of.part(1, first))
    third = desk_of.sent(desk_of.part(2, first, second))
    ids = [first.id, second.id, third.id]
    assert [p["id"] for p in desk_of.posts] == ids
    if desk_of.account.keys.get("webhook_secret"):
        return  # a webhook cannot answer
    assert [p["parent"] for p in desk_of.posts] == ["", *ids[:2]]


def test_every_character_arrives(desk_of: Desk) -> None:
    desk_of.sent(desk_of.part(0))
    assert desk_of.posts[0]["text"] == rendered(desk_of.account.network, *TEXTS)[0].text


@pytest.mark.parametrize("fault", ["drop after", "500 after", "slow after"])
@only(*READING)
def test_what_is_out_though_its_answer_was_lost_is_found(desk_of: Desk, fault: str) -> None:
    if desk_of.account.module == "nostr" and fault == "500 after":
        fault = "error after"
    desk_of.server.tell(faults=[fault])
    attempt, outcome = desk_of.send(desk_of.part(0))
    assert isinstance(outcome, Ambiguous), outcome
    reading = desk_of.sender.reconcile(attempt)
    assert isinstance(reading, Found), reading
    assert reading.sent.id == desk_of.posts[0]["id"]
    again = desk_of.sent(desk_of.part(1, reading.sent))  # what was found can be answered
    assert [p["id"] for p in desk_of.posts] == [reading.sent.id, again.id]


@only(*READING)
def test_an_answer_in_a_thread_is_found_by_its_parent(desk_of: Desk) -> None:
    first = desk_of.sent(desk_of.part(0))
    desk_of.server.tell(faults=["drop after"])
    attempt, _ = desk_of.send(desk_of.part(1, first))
    assert isinstance(desk_of.sender.reconcile(attempt), Found)


@only(*READING)
def test_what_never_got_there_is_absent(desk_of: Desk) -> None:
    desk_of.server.tell(faults=["drop before"])
    attempt, outcome = desk_of.send(desk_of.part(0))
    assert isinstance(outcome, Ambiguous)
    assert isinstance(desk_of.sender.reconcile(attempt), Absent)
    assert desk_of.posts == []


@only("mastodon", "discord bot")
def test_what_stood_there_before_is_not_taken_for_it(desk_of: Desk) -> None:
    desk_of.sent(desk_of.part(0))
    desk_of.server.tell(faults=["drop before"])
    attempt, _ = desk_of.send(desk_of.part(0))
    assert len(desk_of.posts) == 1
    assert isinstance(desk_of.sender.reconcile(attempt), Absent)


@only(*READING)
def test_reading_that_fails_knows_nothing(desk_of: Desk) -> None:
    attempt, _ = desk_of.send(desk_of.part(0))
    desk_of.server.tell(read_faults=["503 before"] * 2)
    assert isinstance(desk_of.sender.reconcile(attempt), Unknown)


@only(*BLIND)
def test_a_network_that_cannot_be_read_says_so(desk_of: Desk) -> None:
    desk_of.server.tell(faults=["drop after"])
    attempt, outcome = desk_of.send(desk_of.part(0))
    assert isinstance(outcome, Ambiguous)
    assert not desk_of.sender.reads_back
    assert isinstance(desk_of.sender.reconcile(attempt), Unknown)
    with pytest.raises(PublishError):
        desk_of.sender.newest()


@only("bluesky", "nostr")
def test_the_same_attempt_twice_is_one_post(desk_of: Desk) -> None:
    attempt, first = desk_of.send(desk_of.part(0))
    second = desk_of.sender.send(attempt)
    assert isinstance(first, Sent)
    assert isinstance(second, Sent | Ambiguous)
    assert len(desk_of.posts) == 1
    assert isinstance(desk_of.sender.reconcile(attempt), Found)


@only("mastodon", "discord bot")
def test_the_key_makes_one_post_of_two_requests_while_the_server_keeps_it(desk_of: Desk) -> None:
    attempt, first = desk_of.send(desk_of.part(0))
    assert desk_of.sender.send(attempt) == first
    assert len(desk_of.posts) == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("400 before", NotSent), ("401 before", NotSent), ("402 before", NotSent),
     ("403 before", Refused), ("404 before", Refused), ("413 before", Refused),
     ("429 before", NotSent), ("500 before", Ambiguous), ("502 before", Ambiguous)],
)  # fmt: skip
@only("bluesky", "mastodon", "telegram", "discord", "discord bot")
def test_each_answer_means_what_it_means(desk_of: Desk, fault: str, kind: type) -> None:
    desk_of.server.tell(faults=[fault])
    _, outcome = desk_of.send(desk_of.part(0))
    assert isinstance(outcome, kind), outcome
    if fault.startswith("429"):
        assert isinstance(outcome, NotSent)
        assert outcome.retry_at


def test_a_server_that_is_not_there_got_nothing(
    desk_of: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk_of.sender.identity()
    attempt, _ = desk_of.send(desk_of.part(0))
    gone = Running("http://127.0.0.1:9")
    if desk_of.account.module == "bluesky":
        kept = (tmp_path / "accounts" / "bluesky.json").read_text()
        kept = kept.replace(desk_of.server.url, gone.url)
        (tmp_path / "accounts" / "bluesky.json").write_text(kept)
    sender = desk_of.account.sender(gone, desk_of.state)
    assert isinstance(sender.send(attempt), NotSent)


def test_a_post_is_taken_back(desk_of: Desk) -> None:
    sent = desk_of.sent(desk_of.part(0))
    assert desk_of.sender.retract(sent) == sent
    assert desk_of.posts == []


def test_the_account_tells_who_it_is_and_shows_no_key(desk_of: Desk) -> None:
    who = desk_of.sender.identity()
    assert who.id
    assert "planted" not in repr((who, desk_of.sender, vars(desk_of.sender).get("_rest")))


@only("bluesky", "mastodon", "telegram", "discord", "discord bot")
def test_wrong_keys_are_told_without_being_shown(desk_of: Desk, tmp_path: Path) -> None:
    settings = desk_of.account.settings(desk_of.server)
    wrong = {k: v[:-3] + "xyz" for k, v in settings.secrets.items()}
    account = Network(settings.name, settings.options, wrong)
    with pytest.raises(PublishError) as told:
        desk_of.account.make(account, tmp_path / "other", 0.5).identity()
    assert "planted" not in str(told.value)


def test_missing_keys_are_named(desk_of: Desk, tmp_path: Path) -> None:
    settings = desk_of.account.settings(desk_of.server)
    with pytest.raises(UsageError, match="COMMENTARY_NETWORKS__"):
        desk_of.account.make(Network(settings.name, settings.options), tmp_path, 0.5)


@only("bluesky", "mastodon", "discord bot", "nostr")
def test_the_newest_posts_come_newest_first(desk_of: Desk) -> None:
    first = desk_of.sent(desk_of.part(0))
    _, second = desk_of.send(desk_of.part(1, first), STARTED + 5000)
    assert isinstance(second, Sent)
    seen = desk_of.sender.newest()
    assert [s.id for s in seen] == [second.id, first.id]
    assert seen[0].parent == first.id
    assert seen[0].at


# ---------------------------------------------------------------- pictures


@only("bluesky", "mastodon", "telegram", "discord", "discord bot")
def test_a_picture_goes_with_the_first_part(desk_of: Desk) -> None:
    desk_of.sent(desk_of.part(0, media=(CHART,)))
    told = desk_of.server.told()
    (post,) = told["posts"]
    if desk_of.account.module == "telegram":
        assert post["photo"] == "chart.png"
    elif desk_of.account.module == "mastodon":
        assert [told["media"][m]["alt"] for m in post["media"]] == ["A line chart."]
    else:
        assert post["alts"] == ["A line chart."]


@only("mastodon")
def test_a_picture_that_is_worked_on_is_waited_for(
    desk_of: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.publish.senders.mastodon.LOOK_S", 0.0)
    desk_of.server.tell(working=3)
    desk_of.sent(desk_of.part(0, media=(CHART,)))
    desk_of.server.tell(working=0)


@only("telegram")
def test_a_caption_that_is_too_long_is_refused_before_anything_is_sent(desk_of: Desk) -> None:
    post = Post("telegram", "en", (Segment("a" * 1025, "a" * 1025, 1025),), ((CHART,),))
    assert isinstance(desk_of.sender.prepare(Part(post, 0, "k"), 1), Refused)


# ---------------------------------------------------------------- each network's own


@only("bluesky")
def test_facets_and_language_are_those_of_the_preview(desk_of: Desk) -> None:
    desk_of.sent(desk_of.part(0, media=(CHART,)))
    (post,) = desk_of.server.told()["posts"]
    assert post["marked"] == ["$BTC", "https://example.org/a_b?c=1", "#Bitcoin", "#Ethereum"]
    assert post["record"]["langs"] == ["en-GB"]
    assert post["record"]["createdAt"] == "2026-06-26T04:00:00.123Z"
    (image,) = post["record"]["embed"]["images"]
    shape = image["aspectRatio"]
    assert (shape["width"], shape["height"]) == (800, 450)


@only("bluesky")
def test_a_session_is_kept_and_renewed_when_it_is_refused(desk_of: Desk) -> None:
    desk_of.sender.identity()
    desk_of.account.sender(desk_of.server, desk_of.state).identity()
    before = desk_of.server.told()["sessions"]
    kept = desk_of.state / "bluesky.json"
    assert kept.stat().st_mode & 0o077 == 0
    desk_of.server.tell(valid="another")
    desk_of.account.sender(desk_of.server, desk_of.state).identity()
    assert desk_of.server.told()["sessions"] == before + 1


@pytest.mark.parametrize("told", ["{uri}", "https://bsky.app/profile/desk.test/post/{key}"])
@only("bluesky")
def test_a_part_that_a_person_found_can_be_answered(desk_of: Desk, told: str) -> None:
    first = desk_of.sent(desk_of.part(0))
    word = Sent(told.format(uri=first.id, key=first.id.rpartition("/")[2]))
    second = desk_of.sent(desk_of.part(1, word))
    assert [p["parent"] for p in desk_of.posts] == ["", first.id]
    assert second.id != first.id


@only("bluesky", "telegram")
def test_what_is_no_post_cannot_be_answered(desk_of: Desk) -> None:
    word = Sent("https://bsky.app/profile/desk.test/post/3aaaaaaaaaaaa")
    assert isinstance(desk_of.sender.prepare(desk_of.part(1, word), STARTED), Refused)


@only("telegram")
def test_entities_count_in_utf16(desk_of: Desk) -> None:
    desk_of.sent(desk_of.part(0))
    (post,) = desk_of.server.told()["posts"]
    assert post["marked"] == ["$BTC", "https://example.org/a_b?c=1", "#Bitcoin", "#Ethereum"]


@only("telegram", "discord")
def test_a_limit_ends_when_the_answer_says(desk_of: Desk) -> None:
    import time

    prepared = desk_of.sender.prepare(desk_of.part(0), STARTED)
    assert isinstance(prepared, Prepared)
    desk_of.server.tell(limited=90)
    outcome = desk_of.sender.send(Attempt(desk_of.part(0), prepared, STARTED))
    desk_of.server.tell(limited=0)
    assert isinstance(outcome, NotSent)
    assert 60_000 < outcome.retry_at - time.time() * 1000 <= 90_000


@only("mastodon")
def test_the_language_is_two_letters_and_the_visibility_a_setting(
    desk_of: Desk, tmp_path: Path
) -> None:
    settings = desk_of.account.settings(desk_of.server, visibility="unlisted")
    desk_of.sender = desk_of.account.make(settings, tmp_path, 0.5)
    desk_of.sent(desk_of.part(0))
    assert desk_of.posts[0]["language"] == "en"
    assert desk_of.posts[0]["visibility"] == "unlisted"


@only("nostr")
def test_what_a_relay_does_not_take_is_refused_before_it_is_sent(desk_of: Desk) -> None:
    desk_of.server.tell(limits={"max_content_length": 20})
    assert isinstance(desk_of.sender.prepare(desk_of.part(0), STARTED), Refused)
    desk_of.server.tell(limits={"max_message_length": 300})
    assert isinstance(desk_of.sender.prepare(desk_of.part(0), STARTED), Refused)
    desk_of.server.tell(limits={"max_message_length": 100_000, "max_content_length": 9000})
    assert isinstance(desk_of.sender.prepare(desk_of.part(0), STARTED), Prepared)


@pytest.mark.parametrize(
    ("says", "kind"),
    [("blocked: no", Refused), ("pow: 20", Refused), ("rate-limited: slow down", NotSent),
     ("error: disk", Ambiguous), ("duplicate: have it", Sent), ("", Sent)],
)  # fmt: skip
@only("nostr")
def test_each_word_of_a_relay_means_what_it_means(desk_of: Desk, says: str, kind: type) -> None:
    desk_of.server.tell(says=says)
    assert isinstance(desk_of.send(desk_of.part(0))[1], kind)


@only("nostr")
def test_one_relay_that_takes_it_is_enough(desk_of: Desk, tmp_path: Path) -> None:
    here = desk_of.server.url.replace("http", "ws")
    options = {"relays": f"ws://127.0.0.1:9 {here}"}
    desk_of.sender = desk_of.account.make(
        Network("nostr", options, desk_of.account.keys), tmp_path, 1
    )
    attempt, outcome = desk_of.send(desk_of.part(0))
    assert isinstance(outcome, Sent)
    assert isinstance(desk_of.sender.reconcile(attempt), Found)
    assert desk_of.posts[0]["event"]["tags"] == [["t", "bitcoin"], ["t", "ethereum"]]  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "options"),
    [("mastodon", {}), ("telegram", {}), ("nostr", {}), ("nostr", {"relays": "example.org"}),
     ("discord bot", {"channel_id": "general"})],
)  # fmt: skip
def test_what_is_not_set_is_named(name: str, options: dict[str, str], tmp_path: Path) -> None:
    account = ACCOUNTS[name]
    with pytest.raises(UsageError, match=r"networks\.|address|relay|where|channel"):
        account.make(Network(account.network, options, account.keys), tmp_path, 1)


@pytest.mark.parametrize("key", ["", "nsec1abc", "00" * 32, "zz" * 32, "nsec1" + "q" * 58])
def test_a_key_that_is_none_is_not_repeated(key: str) -> None:
    from generator.publish.senders.bech32 import key_of

    with pytest.raises(CommentaryError) as told:
        key_of(key)
    assert not key or key not in str(told.value)


def test_keys_are_read_and_shown_as_people_know_them() -> None:
    """The examples of NIP-19."""
    from generator.publish.senders.bech32 import key_of, npub

    secret = "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa"
    given = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"
    assert key_of(given).hex() == secret == key_of(secret).hex()
    public = "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e"
    assert npub(public) == "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg"
