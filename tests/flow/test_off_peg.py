"""A day on which USDT is no dollar: what leads, in what prices are told, what is left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generator.collect.scenario import load_scenario
from generator.flow import Note, note
from generator.model import COLUMNS, DAY, History, Instrument, Series, Snapshot, Source
from tests.flow.desk import shop

SCENARIO = "quiet_sunday"


def with_usdt(snapshot: Snapshot, prices: dict[str, float]) -> Snapshot:
    """The same market with USDT/USD on some venues."""
    rows = len(prices)
    values = np.full((rows, len(snapshot.fields)), np.nan)
    values[:, snapshot.fields.index("last")] = list(prices.values())
    stamps = np.full(values.shape, float(snapshot.now))
    return replace(
        snapshot,
        instruments=(
            *snapshot.instruments,
            *(Instrument(v, "USDT/USD", "USDT-USD", "spot", "USDT", "USD") for v in prices),
        ),
        values=np.vstack([snapshot.values, values]),
        status=np.vstack([snapshot.status, np.isfinite(values).astype(np.uint8)]),
        as_of=np.vstack([snapshot.as_of, stamps]),
        received=np.vstack([snapshot.received, stamps]),
        endpoint=np.vstack([snapshot.endpoint, np.zeros(values.shape, dtype=np.int16)]),
        sources=(*snapshot.sources, Source("kraken", "ok", "", 1.0, 1)),
    )


def closed(history: History, now: int, closes: dict[str, list[float]]) -> History:
    """With USDT's last daily closes on those venues."""
    series = dict(history.series)
    for venue, values in closes.items():
        data = np.full((len(values), len(COLUMNS["bars_1d"])), np.nan)
        data[:, 0] = now - now % DAY - DAY * np.arange(len(values), 0, -1.0)
        data[:, 1:5] = np.array(values)[:, None]
        series[venue, "USDT/USD", "bars_1d"] = Series(venue, "USDT/USD", "bars_1d", data)
    return History(series)


def told(prices: dict[str, float], closes: dict[str, list[float]] | None = None) -> Note:
    snapshot, history = load_scenario(SCENARIO)
    kit = shop()
    return note(
        with_usdt(snapshot, prices),
        closed(history, snapshot.now, closes or {}),
        kit.config,
        kit.book,
        kit.templates,
        seed="a day",
    )


def lead(made: Note) -> str:
    return made.story.lead.key if made.story.lead is not None else ""


def test_usdt_far_from_its_peg_leads_and_prices_are_told_in_dollars() -> None:
    made = told({"coinbase": 0.9705, "kraken": 0.9695})
    assert lead(made) == "usdt_off_peg:MARKET"
    assert made.story.lead is not None
    assert made.story.lead.forced_lead
    text = made.drafts[0].segments[0]
    assert "$0.9695 to $0.9705 on Coinbase and Kraken" in text
    assert "Coinbase spot" in text
    assert "Binance spot" not in text.replace("than on Binance spot", "")
    assert "perpetuals with" not in text, "breadth is counted in USDT"
    assert not made.failed, made.problems


def test_on_its_peg_the_preferred_market_speaks() -> None:
    made = told({"coinbase": 1.0001, "kraken": 0.9999})
    text = made.drafts[0].segments[0]
    assert "Binance spot" in text
    assert "peg" not in text
    assert lead(made) == ""


def test_one_venue_far_off_changes_nothing() -> None:
    for prices in ({"coinbase": 0.95}, {"coinbase": 0.95, "kraken": 1.0},
                   {"coinbase": 0.95, "kraken": float("nan")}):  # fmt: skip
        made = told(prices)
        text = made.drafts[0].segments[0]
        assert "peg" not in text
        assert any((n.metric, n.subject) == ("price", "BTC") for n in made.drafts[0].numbers)
        assert "Binance spot" in text


def test_half_a_percent_is_told_only_if_it_lasted_and_never_leads() -> None:
    now = {"coinbase": 0.993, "kraken": 0.993}
    assert "peg" not in told(now).drafts[0].segments[0]
    lasted = told(now, {"coinbase": [1.0, 0.992], "kraken": [1.0, 0.992]})
    text = lasted.drafts[0].segments[0]
    assert "0.7% under the dollar on both. At the last UTC close both were at least 0.8%" in text
    assert lead(lasted) == ""
    assert not lasted.failed, lasted.problems


def test_only_the_first_crossing_is_forced() -> None:
    closes = {"coinbase": [1.0, 0.97], "kraken": [1.0, 0.97]}
    again = told({"coinbase": 0.9705, "kraken": 0.9695}, closes)
    found = next(f for f in again.findings if f.rule == "usdt_off_peg")
    assert not found.forced_lead
    assert found.may_lead
