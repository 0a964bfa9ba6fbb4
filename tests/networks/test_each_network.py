"""Each network: what it counts, what it links, what is sent, and what it would refuse."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import networks
from generator.errors import UsageError
from generator.model import Draft
from generator.networks import named, names
from generator.networks.base import Facet, Limits, Network, graphemes, utf8, utf16

FAMILY = "👨‍👩‍👧‍👦"


def draft(*segments: str, network: str = "x") -> Draft:
    return Draft("post", network, "en", segments, (), ())


def refused(name: str, *segments: str) -> list[str]:
    return [p.message for p in named(name).check(draft(*segments, network=name))]


def facets(name: str, text: str) -> list[tuple[str, int, int, str]]:
    return [(f.kind, f.start, f.end, f.value) for f in named(name).segment(text).facets]


# ---------------------------------------------------------------- which there are


def test_the_networks_are_the_modules_of_the_package_that_make_one() -> None:
    assert {"x", "bluesky", "mastodon", "telegram", "discord", "nostr", "linkedin"} <= set(names())
    assert {"threads", "coinmarketcap", "binance_square", "farcaster"} <= set(names())
    assert not {"base", "twitter_text"} & set(names())
    assert all(named(name).name == name for name in names())


@pytest.mark.parametrize("name", ["twiter", "base", "../x", "", "os"])
def test_a_network_that_does_not_exist_is_named(name: str) -> None:
    with pytest.raises(UsageError, match="is no network"):
        named(name)


def test_another_package_adds_a_network_by_an_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("pager", "tests.networks.test_each_network:pager", networks.GROUP)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point])
    networks._foreign.cache_clear()
    try:
        assert "pager" in names()
        assert named("pager").holds("x" * 80)
        assert not named("pager").holds("x" * 81)
    finally:
        networks._foreign.cache_clear()


def pager(options: object) -> Network:
    return Network("pager", "Pager", Limits(80, "characters", len))


@pytest.mark.parametrize(
    ("name", "options", "subject"),
    [
        ("x", {"from": "y"}, "networks.x.from"),
        ("mastodon", {"limit": "many"}, "networks.mastodon.limit"),
        ("x", {"form": "essay"}, "networks.x.form"),
        ("x", {"posts": 0}, "networks.x.posts"),
        ("bluesky", {"disclaimer": "none"}, "networks.bluesky.disclaimer"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(
    name: str, options: dict[str, str | int | float | bool], subject: str
) -> None:
    with pytest.raises(UsageError) as caught:
        named(name, options)
    assert caught.value.subject == subject
    assert caught.value.todo


def test_settings_change_the_limit_where_a_network_leaves_it_open() -> None:
    assert named("mastodon", {"limit": 5000}).limits.limit == 5000
    assert named("x", {"limit": "25000", "base_url": "http://127.0.0.1:1"}).limits.limit == 25000
    assert named("nostr").limits.limit is None


# ---------------------------------------------------------------- how they count


@pytest.mark.parametrize(
    ("name", "text", "length"),
    [
        ("x", f"{FAMILY} 中", 2 + 1 + 2),
        ("bluesky", f"{FAMILY} 中", 3),
        ("bluesky", "https://example.com/a", 21),
        ("mastodon", "see https://example.com/a/very/long/path/indeed", 4 + 23),
        ("mastodon", "hello @desk@example.org.", 12),
        ("telegram", f"{FAMILY}", 11),
        ("telegram", "中", 1),
        ("threads", "é👍", 1 + 4),
        ("threads", FAMILY, 25),
        ("threads", "₿ ▲ 中", 5),
        ("farcaster", "₿", 3),
        ("discord", "a*b_c", 7),
        ("linkedin", "BTC (+1.0%)", 13),
    ],
)
def test_a_text_is_as_long_as_its_network_says(name: str, text: str, length: int) -> None:
    assert named(name).length(text) == length


def test_bluesky_takes_300_graphemes_unless_they_are_more_than_3000_bytes() -> None:
    bluesky = named("bluesky")
    assert bluesky.holds("x" * 300)
    assert not bluesky.holds("x" * 301)
    assert bluesky.holds(FAMILY * 120)
    assert not bluesky.holds(FAMILY * 121)
    assert refused("bluesky", FAMILY * 121) == ["Bluesky: 3025 of 3000 bytes"]


@given(st.text(max_size=60))
def test_every_way_of_counting_agrees_with_its_definition(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    assert utf8(text) == len(text.encode())
    assert utf16(text) == len(text) + sum(ord(c) > 0xFFFF for c in text)
    assert graphemes(text) <= len(text)


# ---------------------------------------------------------------- what they link


def test_facets_of_bluesky_count_bytes_and_keep_the_sign_of_a_cashtag() -> None:
    text = "₿ $btc fell (#Bitcoin) https://a.org/x."
    found = named("bluesky").segment(text).facets
    assert found == (
        Facet("cashtag", 4, 8, "$BTC"),
        Facet("hashtag", 15, 23, "Bitcoin"),
        Facet("link", 25, 40, "https://a.org/x"),
    )
    cut = [text.encode()[f.start : f.end].decode() for f in found]
    assert cut == ["$btc", "#Bitcoin", "https://a.org/x"]


def test_offsets_of_telegram_count_utf_16() -> None:
    assert facets("telegram", "👍 #A1 $BTC") == [
        ("hashtag", 3, 6, "A1"),
        ("cashtag", 7, 11, "BTC"),
    ]


def test_a_price_is_no_cashtag_and_a_number_no_hashtag() -> None:
    for name in names():
        assert facets(name, "BTC at $59,910 and US$5, place #1") == []


def test_where_there_are_no_cashtags_none_is_linked() -> None:
    for name in ("mastodon", "threads", "discord", "nostr", "linkedin", "farcaster"):
        assert "cashtag" not in {kind for kind, *_ in facets(name, "$BTC fell")}


def test_tags_that_travel_beside_the_text() -> None:
    assert named("nostr").segment("#Bitcoin #ETH #bitcoin").tags == ("bitcoin", "eth")
    assert named("threads").segment("#Bitcoin").tags == ("Bitcoin",)


# ---------------------------------------------------------------- what is sent


def test_linkedin_gets_its_reserved_characters_escaped_and_its_hashtags_whole() -> None:
    sent = named("linkedin").segment(r"a_b (1) [x] {y} <z> *~| #Tag_x https://a.org/x_y \ @ # 1")
    assert sent.text == (r"a\_b \(1\) \[x\] \{y\} \<z\> \*\~\| #Tag_x https://a.org/x_y \\ \@ \# 1")
    assert sent.shown.startswith("a_b (1)")


def test_discord_gets_no_formatting_that_nobody_meant() -> None:
    sent = named("discord").segment("# 5 *x* _y_ ~z~ `q` |s|\n- a\n1. b\n> c\n5.5 #tag 2 - 1")
    assert sent.text == (
        "\\# 5 \\*x\\* \\_y\\_ \\~z\\~ \\`q\\` \\|s\\|\n\\- a\n1\\. b\n\\> c\n5.5 #tag 2 - 1"
    )


@pytest.mark.parametrize("name", ["x", "telegram", "linkedin", "threads", "binance_square"])
def test_an_address_nobody_meant_is_broken_unseen(name: str) -> None:
    segment = named(name).segment("Crypto.com reports 1.5 times 2.03bn")
    assert segment.text == "Crypto.\u200bcom reports 1.5 times 2.03bn"
    assert segment.shown == "Crypto.com reports 1.5 times 2.03bn"


def test_x_gets_one_cashtag() -> None:
    assert named("x").segment("$BTC and $ETH ($SOL)").text == "$BTC and ETH (SOL)"


@given(st.text("aB1 .$#@_*()\\\n👍中", max_size=80), st.sampled_from(sorted(names())))
def test_the_length_is_that_of_what_is_sent_and_facets_lie_within_it(text: str, name: str) -> None:
    network = named(name)
    segment = network.segment(text)
    assert segment.length == network.length(text) == network.limits.length(segment.text)
    assert network.segment(segment.shown) == segment
    ends = [0, *(i for f in segment.facets for i in (f.start, f.end)), network.offset(segment.text)]
    assert ends == sorted(ends)


# ---------------------------------------------------------------- what they would refuse


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("x", "", "X: the post is empty"),
        ("x", "a" * 281, "X: 281 of 280 weighted characters"),
        ("telegram", "a" * 4097, "Telegram: 4097 of 4096 characters (UTF-16)"),
        ("threads", "#A #B", "Threads: 2 hashtags, 1 allowed"),
        ("threads", " ".join(["https://a.org"] * 6), "Threads: 6 links, 5 allowed"),
        ("binance_square", "see https://a.org", "Binance Square: 1 links, 0 allowed"),
        ("bluesky", "#" + "a" * 65, "Bluesky: a hashtag of more than 64 characters"),
        ("discord", "thanks @everyone", "Discord: @everyone would call somebody"),
    ],
)
def test_what_a_network_would_refuse_is_said_before(name: str, text: str, why: str) -> None:
    assert refused(name, text) == [why]


def test_a_text_that_is_right_is_not_refused_anywhere() -> None:
    for name in names():
        assert refused(name, "BTC fell 2.7% in 24 h to $59,910.") == []


def test_a_network_without_threads_takes_one_part() -> None:
    assert refused("coinmarketcap", "a", "b") == [
        "CoinMarketCap Community takes one post, the text has 2 parts"
    ]
    assert refused("bluesky", "a", "b") == []
