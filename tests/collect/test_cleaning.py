"""What is believed of a number, a stamp, a name and a headline."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.collect.cleaning import accept, asset_class, number, split_multiplier, stamp
from generator.collect.feeds import clean_url, parse, plain
from generator.collect.rows import Answer, Row, refusals
from generator.collect.tickers import put_premium, put_ticker
from generator.model import Instrument
from tests.collect.doubles import NOW


@pytest.mark.parametrize(
    ("name", "base", "multiplier"),
    [("1000PEPE", "PEPE", 1e3), ("1000000MOG", "MOG", 1e6), ("1MBABYDOGE", "BABYDOGE", 1e6),
     ("kPEPE", "PEPE", 1e3), ("SHIB1000", "SHIB", 1e3), ("10000SATS", "SATS", 1e4),
     ("1INCH", "1INCH", 1), ("BTC", "BTC", 1), ("KAVA", "KAVA", 1), ("1000X", "1000X", 1)],
)  # fmt: skip
def test_multipliers_are_told_from_names(name: str, base: str, multiplier: float) -> None:
    assert split_multiplier(name) == (base, multiplier)


def test_assets_are_told_apart() -> None:
    assert asset_class("USDC") == "stable"
    assert asset_class("TSLA") == asset_class("TSLAX") == "stock"
    assert asset_class("ACME", {"info": {"underlyingType": "EQUITY"}}) == "stock"
    assert asset_class("AVAX") == asset_class("SOL") == "crypto"


@given(st.sampled_from(["last", "mark", "oi_base", "market_cap_usd"]), st.floats())
def test_no_price_is_ever_zero_negative_or_infinite(field: str, value: float) -> None:
    found = accept(field, value, NOW)
    assert found is None or (found > 0 and math.isfinite(found))


def test_empty_text_is_no_number_and_zero_is_one() -> None:
    assert [number(x) for x in ("", None, "nan", "inf", True, "x")] == [None] * 6
    assert number("0.00000000") == 0


def test_stamps_from_1970_and_from_the_future_are_no_stamps() -> None:
    assert stamp(0, NOW) is None
    assert stamp(1_000, NOW) is None
    assert stamp(NOW + 61_000, NOW) is None
    assert stamp(NOW + 59_000, NOW) == NOW + 59_000


def perp() -> Row:
    return Row(Instrument("v", "A/USDT:USDT", "AUSDT", "perp_linear", "A", "USDT"))


@pytest.mark.parametrize(
    ("ahead", "kept"), [(0, True), (299_000, True), (301_000, False), (130 * 86_400_000, False)]
)
def test_a_price_of_a_moment_to_come_is_dropped_and_told(ahead: int, kept: bool) -> None:
    row, answer = perp(), Answer(None, "tickers", NOW)
    row.put(answer, "last", 2.0, NOW + ahead)
    row.put(answer, "oi_base", 5.0, NOW + ahead)
    assert (row.get("last") is not None) == kept
    assert row.get("oi_base") == 5.0  # some venues date what is not a price by its next settlement
    told = refusals([row], ("A",))
    assert any("a moment to come (is this machine's clock right?)" in t for t in told) != kept


def test_a_change_since_midnight_is_never_written_as_24_hours() -> None:
    row, answer = perp(), Answer(None, "tickers", NOW)
    put_ticker(row, answer, {"last": 2, "open": 1, "percentage": 100}, window="utc_day")
    assert set(row.cells) == {"last"}
    assert row.labels["pct_window"] == "utc_day"


def test_a_premium_needs_both_legs_at_one_moment() -> None:
    row = perp()
    row.put(Answer(None, "a", NOW), "mark", 101, NOW - 61_000)
    row.put(Answer(None, "b", NOW), "index", 100, NOW)
    put_premium(row)
    assert "premium_bps" not in row.cells
    row.put(Answer(None, "a", NOW), "mark", 101, NOW - 59_000)
    put_premium(row)
    assert row.get("premium_bps") == pytest.approx(100)


HOSTILE = """<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>
<item><title><![CDATA[Bitcoin <b>slides</b> \u202eevil\u202c as @whale sells \ue000 &amp;lt;x&amp;gt;]]></title>
<link><![CDATA[https://a.example/n?id=7&utm_source=rss&utm_medium=x#frag]]></link>
<pubDate>Sat, 28 Feb 2026 07:30:00 +0000</pubDate>
<description><![CDATA[<script>alert(1)</script><p>Read https://spam.example/x now</p>]]></description></item>
<item><title>Date only</title><link>https://a.example/2</link>
<pubDate>Fri, 27 Feb 2026 00:00:00 +0000</pubDate></item>
<item><title>Tomorrow</title><link>https://a.example/3</link>
<pubDate>Sun, 01 Mar 2026 07:30:00 +0000</pubDate></item>
<item><title>Epoch</title><pubDate>Thu, 01 Jan 1970 00:00:00 +0000</pubDate></item>
<item><title>Undated</title><link>javascript:alert(1)</link></item>
<item><title></title></item></channel></rss>""".encode()


def test_a_hostile_feed_becomes_plain_headlines() -> None:
    found = parse(HOSTILE, "Example", NOW)
    assert found is not None
    assert [h.title for h in found][1:] == ["Date only", "Undated"]
    first = found[0]
    assert first.title.startswith("Bitcoin slides evil as sells")
    assert not set("<>@\u202e\u202c\ue000") & set(first.title + first.summary)
    assert first.summary == "Read now"
    assert first.url == "https://a.example/n?id=7"
    assert first.published_at == NOW - 30 * 60_000
    assert [h.published_at for h in found[1:]] == [None, None]
    assert found[2].url == ""


def test_what_is_no_feed_is_none_and_an_empty_feed_is_empty() -> None:
    assert parse(b"<html>blocked</html>", "x", NOW) is None
    assert parse(b'<rss version="2.0"><channel><title>t</title></channel></rss>', "x", NOW) == []


@given(st.text(max_size=400))
def test_no_text_survives_cleaning_with_markup_controls_or_mentions(text: str) -> None:
    found = plain(text, 100)
    assert len(found) <= 101
    assert not set(found) & set("<>\n\r\t\u202e\u2066\u200b\x00")
    assert "://" not in found


@given(st.text(max_size=80))
def test_a_url_is_http_or_nothing(text: str) -> None:
    found = clean_url(text)
    assert found == "" or found.startswith(("http://", "https://"))
