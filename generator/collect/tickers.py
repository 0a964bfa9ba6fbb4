"""Unified tickers, funding and open interest put into rows, with each number's true unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from generator.collect.cleaning import number, stamp
from generator.collect.rows import Answer, Row
from generator.model import Status

FUNDING_FIELDS = ("funding_rate", "funding_8h", "funding_interval_h", "next_funding_ts")
OI_FIELDS = ("oi_base", "oi_usd")
LEGS_APART = 60_000  # ms; a premium between legs further apart compares two different moments


def put_ticker(row: Row, answer: Answer[Any], t: Mapping[str, Any], *,
               window: Literal["rolling24h", "utc_day"] = "rolling24h",
               volume_in: Literal["base", "none"] = "base") -> None:  # fmt: skip
    """Price, 24 h change and volumes of a unified ticker.

    The change is computed from the open of 24 h ago where there is one: a flat coin is 0%, and
    some venues leave it out. What a venue counts from 00:00 UTC is not a 24 h change: dropped.
    """
    when = t.get("timestamp")
    row.put(answer, "last", t.get("last"), when)
    row.labels["pct_window"] = window
    if window == "rolling24h":
        put_change(row, answer, t.get("open"), t.get("percentage"), when)
        row.put(answer, "high_24h", t.get("high"), when)
        row.put(answer, "low_24h", t.get("low"), when)
        row.put(answer, "quote_volume_24h", t.get("quoteVolume"), when)
        volume = number(t.get("baseVolume"))
        if volume is not None and volume_in == "base":
            row.put(answer, "base_volume_24h", volume * row.instrument.multiplier, when)
    put_marks(row, answer, t.get("markPrice"), t.get("indexPrice"), when)


def put_change(row: Row, answer: Answer[Any], opened: Any, percent: Any, when: Any) -> None:
    row.put(answer, "open_24h", opened, when)
    last, first = row.get("last"), row.get("open_24h")
    if last is not None and first is not None:
        row.derive("pct_24h", (last / first - 1) * 100, "last", "open_24h")
    elif last is not None:
        row.put(answer, "pct_24h", percent, when)


def put_marks(row: Row, answer: Answer[Any], mark: Any, index: Any, when: Any) -> None:
    if row.instrument.kind == "perp_linear":
        row.put(answer, "mark", mark, when)
        row.put(answer, "index", index, when)


def put_funding(row: Row, answer: Answer[Any], rate: Any, interval_h: Any, next_ts: Any, *,
                source: str, kind: str, when: Any = None) -> None:  # fmt: skip
    """A rate (decimal per interval) and its interval in hours; no interval, no 8 h figure.

    source: reported, derived, fixed or documented. kind: predicted or settled.
    """
    row.put(answer, "funding_rate", rate, when)
    row.put(answer, "funding_interval_h", interval_h, when)
    row.put(answer, "next_funding_ts", next_ts, when)
    if row.get("funding_rate") is not None:
        row.labels["funding_kind"] = kind
    got = row.get("funding_interval_h")
    if got is None:
        return
    row.labels["interval_source"] = source
    now_rate = row.get("funding_rate")
    if now_rate is not None:
        row.derive("funding_8h", now_rate * 8 / got, "funding_rate", "funding_interval_h")


def hours(interval: Any) -> float | None:
    """'8h' -> 8.0; None for anything else."""
    text = str(interval or "")
    return number(text[:-1]) if text.endswith("h") else None


def put_oi(row: Row, answer: Answer[Any], contracts: Any, size: float | None, when: Any,
           source: str) -> None:  # fmt: skip
    """Open interest from contracts: coins = contracts x contract size x multiplier; 0 is null."""
    count = number(contracts)
    if count is None or size is None:
        return
    coins = count * size * row.instrument.multiplier
    status = Status.OK if coins == count else Status.DERIVED
    row.put(answer, "oi_base", coins, when, status)
    if row.get("oi_base") is not None:
        row.labels["oi_source"] = source
        value_oi(row)


def value_oi(row: Row) -> None:
    """oi_usd = coins x the mark price of one coin (the last price where there is no mark)."""
    by = "mark" if row.get("mark") is not None else "last"
    price, coins = row.get(by), row.get("oi_base")
    if price is not None and coins is not None and "oi_usd" not in row.cells:
        row.derive("oi_usd", coins * price / row.instrument.multiplier, "oi_base", by)


def put_premium(row: Row, ref: Row | None = None) -> None:
    """(price / reference - 1) x 1e4 bp, of mark (else last) over the venue's index, else of last
    over the same venue's spot; null when the legs are over 60 s apart or carry no common time."""
    for leg in ("mark", "last"):
        if _premium(row, leg, row, "index", "index"):
            return
    if ref is not None:
        _premium(row, "last", ref, "last", "spot")


def _premium(row: Row, leg: str, other: Row, field: str, label: str) -> bool:
    a, b = row.cells.get(leg), other.cells.get(field)
    if a is None or b is None:
        return False
    same = a.endpoint == b.endpoint and a.received == b.received and other is row
    if a.as_of is None or b.as_of is None:
        if not same:  # two answers without stamps: nothing says that they are of one moment
            return False
    elif abs(a.as_of - b.as_of) > LEGS_APART:
        return False
    ours = a.value / row.instrument.multiplier
    theirs = b.value / other.instrument.multiplier
    answer = Answer(None, a.endpoint, max(a.received, b.received))
    when = min(stamp(a.as_of, a.received) or 0, stamp(b.as_of, b.received) or 0) or None
    row.put(answer, "premium_bps", (ours / theirs - 1) * 1e4, when, Status.DERIVED)
    row.labels["premium_ref"] = label
    row.labels["premium_leg"] = leg
    return True
