"""Whose price is told, whose unstamped answer is not, and turnover as it was traded."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest

from generator.measure import measure
from generator.measure.inputs import Desk
from generator.measure.story import unbroken_days
from generator.model import DAY, HOUR, Instrument, Series, Snapshot
from generator.settings import MarketSection
from tests.conftest import NOW
from tests.measure.dollars import MIDNIGHT, SPOT, Row, bars, days, history, snapshot

PRICES = {"BTC": 60_000.0, "ETH": 2_000.0}
MARKETS = (("binance", "USDT"), ("coinbase", "USD"), ("okx", "USDT"))


def quotes(*venues: str) -> list[Row]:
    return [
        (v, SPOT, f"{a}/{q}", {"last": p, "open_24h": p, "high_24h": p, "low_24h": p})
        for v, q in MARKETS
        if v in venues
        for a, p in PRICES.items()
    ]


def record(venue: str, count: int, hole: int = 0, last: float = MIDNIGHT) -> list[Series]:
    """Daily bars of both majors; `hole`: the day so many back is missing."""
    ts = days(count, last)
    ts = np.delete(ts, -hole) if hole else ts
    quote = dict(MARKETS)[venue]
    return [bars(venue, f"{a}/{quote}", ts, np.full(len(ts), p * 0.9)) for a, p in PRICES.items()]


def told(*records: list[Series]) -> str | None:
    rows = quotes("binance", "coinbase", "okx")
    desk = Desk(snapshot(rows), history(*chain(*records)), MarketSection())
    return desk.story[0] if desk.story else None


def test_the_configured_order_decides_between_records_as_good() -> None:
    assert told(record("binance", 366), record("coinbase", 1000)) == "binance"
    assert told(record("binance", 61), record("coinbase", 300)) == "binance"
    assert told() == "binance"


@pytest.mark.parametrize(("count", "venue"), [(60, "binance"), (59, "coinbase")])
def test_sixty_unbroken_days_go_before_fewer(count: int, venue: str) -> None:
    assert told(record("binance", count), record("coinbase", 300)) == venue


@pytest.mark.parametrize(("count", "venue"), [(365, "binance"), (364, "coinbase")])
def test_a_year_of_unbroken_days_goes_before_less(count: int, venue: str) -> None:
    assert told(record("binance", count), record("coinbase", 1000)) == venue


def test_a_record_with_a_hole_is_as_long_as_what_follows_it() -> None:
    assert told(record("binance", 1000, hole=40), record("coinbase", 1000)) == "coinbase"
    assert told(record("binance", 1000, hole=500), record("coinbase", 1000)) == "binance"


def test_a_record_that_stopped_two_days_ago_is_none() -> None:
    stopped = record("binance", 1000, last=MIDNIGHT - 2 * DAY)
    assert unbroken_days(stopped[0], NOW) == 0
    assert told(stopped, record("coinbase", 100)) == "coinbase"


def test_both_majors_need_the_record_and_share_the_market() -> None:
    of_bitcoin_only = record("binance", 1000)[:1]
    desk = Desk(
        snapshot(quotes("binance", "coinbase")),
        history(*of_bitcoin_only, *record("coinbase", 100)),
        MarketSection(),
    )
    assert desk.story == ("coinbase", SPOT)


# ---------------------------------------------------------------- unstamped prices


def bare(shot: Snapshot, *venues: str) -> Snapshot:
    """The snapshot with no stamp on anything of these venues."""
    stamps = shot.as_of.copy()
    stamps[[i.venue in venues for i in shot.instruments]] = np.nan
    return replace(shot, as_of=stamps)


def btc(shot: Snapshot, *series: Series) -> float:
    return measure(shot, history(*series), MarketSection()).values["BTC"]["price"]


def test_an_unstamped_price_is_refused_where_every_stamped_one_is_stale() -> None:
    rows = quotes("binance", "coinbase")
    stale = snapshot(rows, age=dict.fromkeys((0, 1), 6 * HOUR))
    assert math.isnan(btc(bare(stale, "coinbase")))
    half = snapshot(rows, age={1: 6 * HOUR})  # ether's alone
    assert Desk(bare(half, "coinbase"), history(), MarketSection()).story is None


def test_an_unstamped_price_counts_beside_a_fresh_one_and_where_no_venue_stamps() -> None:
    rows = quotes("binance", "coinbase")
    market = MarketSection(price_venues=("coinbase", "binance"))
    beside = bare(snapshot(rows), "coinbase")
    assert Desk(beside, history(), market).story == ("coinbase", SPOT)
    assert btc(bare(snapshot(quotes("coinbase")), "coinbase")) == PRICES["BTC"]


@pytest.mark.parametrize(
    ("close", "now", "known"),
    [
        (60_000.0, MIDNIGHT + 16 * HOUR, False),
        (60_000.004, MIDNIGHT + 16 * HOUR, False),  # the same to the cent
        (60_000.01, MIDNIGHT + 16 * HOUR, True),
        (60_000.0, MIDNIGHT + HOUR, False),
        (60_000.0, MIDNIGHT + HOUR - 1, True),  # just after midnight it is the close
    ],
)
def test_last_midnights_close_told_again_hours_later_is_no_price(
    close: float, now: int, known: bool
) -> None:
    past = bars("coinbase", "BTC/USD", days(5), np.full(5, close))
    shot = bare(snapshot(quotes("coinbase"), now=now), "coinbase")
    assert math.isfinite(btc(shot, past)) is known


def test_a_stamped_price_that_stands_where_it_closed_is_a_price() -> None:
    past = bars("coinbase", "BTC/USD", days(5), np.full(5, 60_000.0))
    assert btc(snapshot(quotes("coinbase")), past) == 60_000.0


# ---------------------------------------------------------------- turnover


def okx(**labels: str) -> Snapshot:
    given = {"last": 60_000.0, "open_24h": 66_000.0, "quote_volume_24h": 1.2e10}
    rows: list[Row] = [("okx", "perp_linear", f"{a}/USDT:USDT", given) for a in PRICES]
    shot = snapshot(rows)
    labelled = tuple(
        Instrument(i.venue, i.symbol, i.raw, i.kind, i.base, i.quote, labels=(*labels.items(),))
        for i in shot.instruments
    )
    return replace(shot, instruments=labelled)


def hourly(count: int, last: int = NOW) -> Series:
    ts = last - HOUR * np.arange(count, 0, -1.0)
    close = np.full(count, 63_000.0)
    return bars("okx", "BTC/USDT:USDT", ts, close, np.full(count, 5.25e8), "bars_1h")


def turnover(shot: Snapshot, *series: Series) -> float:
    return measure(shot, history(*series), MarketSection()).values["BTC"]["price_turnover_24h"]


def test_coins_at_the_last_price_give_way_to_what_the_hours_traded() -> None:
    assert turnover(okx(), hourly(30)) == 1.2e10
    assert turnover(okx(turnover_at="last"), hourly(30)) == pytest.approx(24 * 5.25e8)


def test_turnover_at_one_price_is_not_told_without_every_hour() -> None:
    shot = okx(turnover_at="last")
    assert math.isnan(turnover(shot))
    assert math.isnan(turnover(shot, hourly(23)))
    late = hourly(30, NOW - 2 * HOUR)
    assert math.isnan(turnover(shot, late))
    gap = hourly(30)
    assert math.isnan(turnover(shot, replace(gap, data=np.delete(gap.data, -5, axis=0))))


def test_the_source_of_a_summed_turnover_is_its_hours() -> None:
    made = measure(okx(turnover_at="last"), history(hourly(30)), MarketSection())
    (source,) = made.metric("price_turnover_24h", "BTC").sources
    assert source.field == "bars_1h.quote_volume"
    assert source.note.startswith("24 values")
