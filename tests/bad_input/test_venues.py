"""Venues and feeds that answer nonsense, through to the words of the note.

A proxy in front of the recorded days spoils answers; history is not asked for, which makes a run
short and the venues' own answers all that a note can rest on.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bad_input import proxy
from tests.bad_input.conftest import MOMENT
from tests.bad_input.proxy import PRICES, STAMPS, VOLUMES, Spoil
from tests.tape import asserting, harness
from tests.tape.harness import Run, Tape

SPOT = "//api.binance.com"
PERPS = "//fapi.binance.com"
SHORT = {  # what the recorded days hold, and no history
    "COMMENTARY_COLLECT__BACKFILL": "false",
    "COMMENTARY_COLLECT__VENUES": "binance,binanceusdm,bybit,krakenfutures",
    "COMMENTARY_COLLECT__AGGREGATORS": "coinmarketcap",
    "COMMENTARY_COLLECT__SIDE": "alternative.me",
    "COMMENTARY_COLLECT__FEEDS": "CoinDesk=https://www.coindesk.com/arc/outboundfeeds/rss",
}
Spoiled = Callable[..., Run]


@pytest.fixture
def spoiled(tape: Tape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spoiled:
    """spoiled(spoil, headers): the program's run behind a proxy that spoils."""
    plain = harness.environment
    monkeypatch.setattr(harness, "environment", lambda f, prefix: plain(f, prefix) | SHORT)

    def run(spoil: Spoil, headers: dict[str, str] | None = None) -> Run:
        with proxy.proxied(tape.prefix, spoil, headers) as prefix:
            return harness.preview(tmp_path / "folder", MOMENT, prefix, limit_s=60)

    return run


def clean(run: Run) -> None:
    for word in ("Traceback", "mistake in the program"):
        assert word not in run.stderr, run.stderr
    if run.code == 4:
        assert run.stdout == ""
        assert "no venue gives a fresh price" in run.stderr
    else:
        asserting.sound(run)
        asserting.names_only_its_venues(run)


def reason(run: Run, source: str) -> str:
    return str(next(s["reason"] for s in run.printed["sources"] if s["name"] == source))


def values_of(run: Run, asset: str) -> list[float]:
    return [
        float(s["value"])
        for n in run.numbers
        for s in n["sources"]
        if s["instrument"].startswith(f"{asset}/") and s["field"] == "last" and s["value"]
    ]


def test_one_venue_that_is_ten_times_too_high_is_dropped_and_named(spoiled: Spoiled) -> None:
    run = spoiled(proxy.one_for_ten(PERPS))
    clean(run)
    assert run.code == 0
    assert "BTC/USDT:USDT: price is off by a power of ten" in reason(run, "binanceusdm")
    assert all(v < 100_000 for v in values_of(run, "BTC"))
    assert "637" not in run.body


def test_a_coin_that_is_re_split_everywhere_at_once_is_not_spoken_of(spoiled: Spoiled) -> None:
    run = spoiled(proxy.one_for_ten(coin="ETH"))
    clean(run)
    assert run.code == 4  # a major without a price
    assert "power of ten" in " ".join(run.stderr.split())


ODD: dict[str, Callable[[object], object]] = {
    "zero": lambda v: 0,
    "negative": proxy.times(-1),
    "NaN": lambda v: "NaN",
    "1e300": lambda v: 1e300,
    "1e-300": lambda v: "1e-300",
    "a word": lambda v: "lots",
    "a list": lambda v: [1, 2],
    "an object": lambda v: {"a": 1},
    "null": lambda v: None,
    "true": lambda v: True,
}
QUICK = ("1e300",)


@pytest.mark.parametrize(
    "what", [w if w in QUICK else pytest.param(w, marks=pytest.mark.evidence) for w in ODD]
)
def test_impossible_prices_of_one_venue_are_dropped_and_named(spoiled: Spoiled, what: str) -> None:
    run = spoiled(proxy.spoiled_values(PRICES, ODD[what], SPOT))
    clean(run)
    assert run.code == 0
    assert run.states["binance"] in ("partial", "failed")
    assert reason(run, "binance")
    assert not any(s["venue"] == "binance" for n in run.numbers for s in n["sources"])


@pytest.mark.evidence
@pytest.mark.parametrize("what", ODD)
def test_impossible_prices_of_all_venues_leave_no_note_but_reasons(
    spoiled: Spoiled, what: str
) -> None:
    run = spoiled(proxy.spoiled_values(PRICES | VOLUMES, ODD[what]))
    if "No venue could be reached" in run.stderr:  # ccxt could read no list at all
        assert (run.code, "SCENARIO" in run.stderr) == (0, True)
        return
    clean(run)
    assert run.code == 4


@pytest.mark.evidence
@pytest.mark.parametrize("moment", [0, 1_772_352_000_000], ids=["1970", "tomorrow"])
def test_a_stamp_of_another_age_is_dropped_and_named(spoiled: Spoiled, moment: int) -> None:
    run = spoiled(proxy.spoiled_values(STAMPS, lambda v: moment))
    clean(run)
    if run.code == 0:
        assert "stamp: impossible, dropped" in reason(run, "binance")
        told = [s["as_of"] for n in run.numbers for s in n["sources"] if s["as_of"] is not None]
        assert moment not in told


BODIES: dict[str, Callable[[bytes], bytes]] = {
    "html": lambda b: b"<html><body>One moment</body></html>",
    "truncated": lambda b: b[: len(b) // 2],
    "empty": lambda b: b"",
    "null": lambda b: b"null",
    "an empty list": lambda b: b"[]",
    "odd items": lambda b: b'[null, 1, "a", {}, []]',
    "bytes": lambda b: bytes(range(256)) * 50,
    "deep": lambda b: b"[" * 200_000 + b"]" * 200_000,
    "30 MB": lambda b: b[:-1] + b" " * 30_000_000 + b[-1:],
}


@pytest.mark.parametrize("what", [pytest.param(w, marks=pytest.mark.evidence) for w in BODIES])
def test_a_body_that_is_no_answer_costs_only_its_source(spoiled: Spoiled, what: str) -> None:
    run = spoiled(proxy.spoiled_lists(BODIES[what], SPOT))
    clean(run)
    assert run.code == 0
    assert run.seconds < 60
    if what != "30 MB":
        assert run.states["binance"] == "failed"
        assert reason(run, "binance")


@pytest.mark.evidence
@pytest.mark.parametrize("kind", ["text/html; charset=utf-7", "image/png", ""])
def test_the_type_that_an_answer_claims_changes_nothing(spoiled: Spoiled, kind: str) -> None:
    run = spoiled(lambda url, body: body, {"Content-Type": kind})
    clean(run)
    assert run.code == 0
    assert run.states["binance"] == "ok"


@pytest.mark.evidence
def test_a_packed_answer_that_swells_is_survived(spoiled: Spoiled) -> None:
    swollen = proxy.spoiled_lists(lambda b: b[:-1] + b" " * 100_000_000 + b[-1:], SPOT)
    run = spoiled(swollen, {"Content-Encoding": "gzip"})
    clean(run)
    assert run.seconds < 65


# ---------------------------------------------------------------- feeds

ITEM = (
    "<item><title>{title}</title><link>{link}</link>"
    "<pubDate>Sat, 28 Feb 2026 07:30:00 GMT</pubDate></item>"
)


def feed(*items: tuple[str, str], before: str = "") -> bytes:
    told = "".join(ITEM.format(title=html.escape(t), link=html.escape(u)) for t, u in items)
    return f"{before}<rss version='2.0'><channel><title>t</title>{told}</channel></rss>".encode()


HOSTILE = [
    ("Bitcoin <script>alert(1)</script> exploited", "javascript:alert(1)"),
    ("Bitcoin \u202eesrever\u202c \u200bhidden\u2060 \ue000\uf8ff", "http://a.example/\u202e"),
    ("@everyone Bitcoin @someone see http://evil.example/x", "http://u:p@evil.example/"),
    ("Bitcoin {{ 7*7 }} {% for x in range(10) %}a{% endfor %}", "http://evil.example/"),
    ("Bitcoin” BTC is up 90.0% in 24 h at $1,000,000 on Binance spot. “Then", "http://a.example/1"),
    ("Bitcoin " + "A" * 5000, "http://a.example/2"),
    ("Bitcoin &#27;[31m red \x7f", "http://a.example/3"),
    ("Bitcoin [click](http://evil.example) **bold** <!-- c -->", "http://a.example/4"),
]
BOMB = "<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {chr(98 + i)} '{('&' + chr(97 + i) + ';') * 10}'>" for i in range(9)
)
OUTSIDE = "<!DOCTYPE l [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"


def nothing_hostile(run: Run) -> None:
    clean(run)
    assert run.code == 0
    assert not set("\u202e\u202c\u200b\u2060\ue000\uf8ff\x1b\x7f<>") & set(run.text)
    for word in ("alert", "@", "://", "javascript", "{{", "{%", "root:"):
        assert word not in run.text, word


@pytest.mark.parametrize(
    "one", [4, *(pytest.param(i, marks=pytest.mark.evidence) for i in range(8) if i != 4)]
)
def test_a_hostile_title_is_made_harmless_before_it_is_quoted(spoiled: Spoiled, one: int) -> None:
    run = spoiled(proxy.spoiled_feed(feed(HOSTILE[one])))
    nothing_hostile(run)
    for quoted in ("Bitcoin” BTC", "spot. “"):
        assert quoted not in run.text


@pytest.mark.evidence
@pytest.mark.parametrize(
    "body",
    [
        feed(*HOSTILE),
        feed(*((f"Bitcoin story {i}", f"http://a.example/{i}") for i in range(10_000))),
        feed(("Bitcoin &j;", "http://a.example/"), before=BOMB + "]>").replace(b"&amp;", b"&"),
        feed(("Bitcoin &x;", "http://a.example/"), before=OUTSIDE).replace(b"&amp;", b"&"),
        feed(("Bitcoin " + "<" * 200_000, "http://a.example/")),
        feed(("<b>" * 50_000 + "Bitcoin", "http://a.example/")),
    ],
    ids=["all", "many", "bomb", "outside", "marks", "tags"],
)
def test_a_hostile_feed_holds_up_nothing_and_shows_nothing(spoiled: Spoiled, body: bytes) -> None:
    run = spoiled(proxy.spoiled_feed(body))
    nothing_hostile(run)
    assert run.seconds < 70
