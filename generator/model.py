"""The nouns. Frozen values that the stages hand to one another; nothing here does any work.

Time is always UTC, in integer milliseconds since 1970 (`ms`), until the moment it becomes text.
A missing number is NaN in arrays and None in single values; it is never filled.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HOUR = 3_600_000
DAY = 24 * HOUR
MARKET = "MARKET"  # the subject of market-wide metrics and findings


# ---------------------------------------------------------------- what was collected


class Status(enum.IntEnum):
    """How one number came to be."""

    MISSING = 0
    OK = 1
    DERIVED = 2  # computed at the boundary from numbers of the same answer
    FAILED = 3  # the venue was asked and did not answer usefully


# Snapshot columns and their units. "quote" is the instrument's quote currency per contract unit:
# the price of one coin is the value divided by the instrument's multiplier.
FIELDS: Mapping[str, str] = {
    "last": "quote",
    "open_24h": "quote",  # the price 24 h ago; never the open of the UTC day
    "high_24h": "quote",
    "low_24h": "quote",
    "pct_24h": "%",
    "quote_volume_24h": "quote",
    "base_volume_24h": "coins",
    "mark": "quote",
    "index": "quote",
    "premium_bps": "bp",
    "funding_rate": "decimal per interval",
    "funding_interval_h": "h",
    "funding_8h": "decimal per 8 h",
    "funding_cap": "decimal per interval",
    "funding_floor": "decimal per interval",
    "next_funding_ts": "ms",
    "oi_base": "coins",
    "oi_usd": "USD",
    "market_cap_usd": "USD",
    "liquidations_24h_usd": "USD",
    "liquidations_long_share": "share",
    "index_value": "points",
    "supply_usd": "USD",
    "supply_prev_week_usd": "USD",
}

InstrumentKind = Literal["spot", "perp_linear", "future", "aggregate", "index", "stablecoin"]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One thing that a venue quotes.

    base is the coin after the multiplier was split off (1000PEPE -> PEPE, 1000). asset_class is
    `crypto`, `stable`, `stock` (tokenised) or `index` (a basket). labels say how fields were made:
    `pct_window` (rolling24h, utc_day), `premium_ref` (index, spot), `interval_source` (reported,
    derived, fixed), `funding_kind` (predicted, settled), `oi_source`, `turnover_at` (`last`: coins
    at the last price, not as traded), `listed` (ms), `name`, and of a future `expiry` (ms).
    """

    venue: str
    symbol: str
    raw: str
    kind: InstrumentKind
    base: str
    quote: str
    multiplier: float = 1.0
    asset_class: str = "crypto"
    labels: tuple[tuple[str, str], ...] = ()

    def label(self, name: str) -> str | None:
        return next((v for k, v in self.labels if k == name), None)


@dataclass(frozen=True, slots=True)
class Observation:
    """One number as a venue gave it."""

    venue: str
    instrument: str
    field: str
    value: float | None
    unit: str
    as_of: int | None
    received_at: int
    endpoint: str
    status: Status


SourceState = Literal["ok", "partial", "blocked", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Source:
    """What became of one source in one run.

    reason is empty only for `ok`; there it may name what a note can do without and has to.
    """

    name: str
    state: SourceState
    reason: str
    seconds: float
    rows: int


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline, cleaned of markup, links, mentions and control characters.

    published_at is the feed's stamp, or None where the feed gives a date only. event_at is when
    the thing happened, where a source says so; never guessed from published_at.
    """

    source: str
    title: str
    url: str
    published_at: int | None
    received_at: int
    summary: str = ""
    event_at: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the calendar that the user keeps: nothing of it is collected or guessed.

    at: ms, when it is scheduled for or, of a kind `venue`, when it happened. actual, consensus and
    previous are in `unit` ("%", "points" or "count"); amount_usd is an expiry's notional of asset.
    """

    name: str
    at: int
    kind: Literal["macro", "venue", "expiry"] = "macro"
    source: str = ""
    actual: float | None = None
    consensus: float | None = None
    previous: float | None = None
    unit: str = ""
    asset: str = ""
    amount_usd: float | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All observations of one run: instruments x fields, plus what became of every source.

    values, status, as_of, received and endpoint are (instruments x fields): float64 with NaN,
    uint8 of `Status`, float64 ms with NaN where the venue gave no stamp, float64 ms, int16 index
    into `endpoints`.
    """

    id: str
    now: int
    mode: Literal["live", "replay", "scenario"]
    instruments: tuple[Instrument, ...]
    fields: tuple[str, ...]
    values: Floats
    status: NDArray[np.uint8]
    as_of: Floats
    received: Floats
    endpoint: NDArray[np.int16]
    endpoints: tuple[str, ...]
    sources: tuple[Source, ...]
    headlines: tuple[Headline, ...] = ()
    scenario: str = ""
    events: tuple[Event, ...] = ()

    def column(self, name: str) -> Floats:
        """All instruments' values of one field; all NaN when this snapshot has no such field."""
        if name not in self.fields:
            return np.full(len(self.instruments), np.nan)
        return self.values[:, self.fields.index(name)]

    def observation(self, row: int, name: str) -> Observation:
        col = self.fields.index(name)
        inst, value = self.instruments[row], float(self.values[row, col])
        stamp = float(self.as_of[row, col])
        return Observation(
            venue=inst.venue,
            instrument=inst.symbol,
            field=name,
            value=None if np.isnan(value) else value,
            unit=FIELDS.get(name, ""),
            as_of=None if np.isnan(stamp) else int(stamp),
            received_at=int(self.received[row, col]),
            endpoint=self.endpoints[int(self.endpoint[row, col])],
            status=Status(int(self.status[row, col])),
        )

    @property
    def frame(self) -> Any:
        """The pandas view: one row per instrument, keys first, then the fields."""
        import pandas as pd

        keys = [
            (i.venue, i.kind, i.symbol, i.raw, i.base, i.multiplier, i.quote, i.asset_class)
            for i in self.instruments
        ]
        names = ["venue", "kind", "symbol", "symbol_raw", "base", "multiplier", "quote"]
        left = pd.DataFrame(keys, columns=[*names, "asset_class"])
        return left.join(pd.DataFrame(self.values, columns=list(self.fields)))


SeriesKind = Literal["bars_1d", "bars_1h", "funding", "oi", "premium_1h", "index"]

# Columns of each kind of series. A bar's ts is its OPEN; it is known only at ts + its length.
# Funding ts is the settlement, OI ts the sample. quote_volume is NaN where the venue gives none.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "bars_1d": ("ts", "open", "high", "low", "close", "base_volume", "quote_volume"),
    "bars_1h": ("ts", "open", "high", "low", "close", "base_volume", "quote_volume"),
    "funding": ("ts", "rate", "interval_h"),
    "oi": ("ts", "oi_base", "oi_usd"),
    "premium_1h": ("ts", "premium_bps"),
    "index": ("ts", "value"),
}
LENGTH: Mapping[str, int] = {"bars_1d": DAY, "bars_1h": HOUR, "premium_1h": HOUR}


# A series of kind `index` may belong to an instrument: its symbol is then `<symbol>#<name>`, e.g.
# ("binanceusdm", "BTC/USDT:USDT#long_short_accounts"). A value's ts is when it was known; a sum
# over an hour or a day carries the END of that stretch.
SERIES_OF: Mapping[str, str] = {
    "long_short_accounts": "ratio of accounts",
    "top_trader_positions": "ratio of positions",
    "taker_buy_share": "share",  # of a UTC day's turnover, initiated by buyers
    "liquidations_long": "USD per h",  # long positions closed by force
    "liquidations_short": "USD per h",
    "depth_1pct": "USD",  # bid and ask size within 1% of the middle, one sample
    "spread_bp": "bp",
    "market_cap": "USD",
    "supply": "USD",  # of a stablecoin: coins in circulation, at one dollar each
    "dominance": "%",  # of BTC in an aggregator's total: symbol "BTC#dominance"
}


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One instrument's history of one kind: float64 (n x columns), ts ascending and unique."""

    venue: str
    symbol: str
    kind: SeriesKind
    data: Floats
    endpoint: str = ""

    def column(self, name: str) -> Floats:
        return self.data[:, COLUMNS[self.kind].index(name)]

    def until(self, moment: int) -> Series:
        """What was known at `moment`: a bar counts from its end, a sample from its stamp."""
        known = self.data[:, 0] + LENGTH.get(self.kind, 0) <= moment
        return Series(self.venue, self.symbol, self.kind, self.data[known], self.endpoint)


SeriesKey = tuple[str, str, str]  # venue, symbol, kind


@dataclass(frozen=True, eq=False)
class History:
    """Every series of one run, by (venue, symbol, kind)."""

    series: Mapping[SeriesKey, Series] = field(default_factory=dict)

    def get(self, venue: str, symbol: str, kind: str) -> Series | None:
        return self.series.get((venue, symbol, kind))

    def until(self, moment: int) -> History:
        return History({k: s.until(moment) for k, s in self.series.items()})


# ---------------------------------------------------------------- what was measured


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where a metric's number rests: one observation, or one stretch of a series."""

    venue: str
    instrument: str
    field: str
    value: float | None
    as_of: int | None
    note: str = ""  # e.g. "60 daily bars from 2025-12-30 to 2026-02-27"


@dataclass(frozen=True, slots=True)
class Metric:
    """A derived number with everything needed to print and defend it.

    scope names the venue or venues as text ("Binance spot"); window is text from the metric's
    own definition ("24 h").
    """

    name: str
    subject: str
    value: float
    unit: str
    scope: str
    window: str
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True, eq=False)
class Panel:
    """Metrics over time: name -> float64 (times x subjects), NaN where unknown.

    subjects are assets ("BTC"), pairs ("ETH/BTC") and MARKET. times ascend, in ms; the last row
    is now. scopes gives each metric's scope: asset, pair or market.
    """

    times: NDArray[np.int64]
    subjects: tuple[str, ...]
    columns: Mapping[str, Floats]
    scopes: Mapping[str, str]

    def value(self, name: str, subject: str) -> float:
        """The newest value of a metric; NaN when unknown."""
        column = self.columns.get(name)
        if column is None or subject not in self.subjects or not len(self.times):
            return float("nan")
        return float(column[-1, self.subjects.index(subject)])


# ---------------------------------------------------------------- what was judged

State = Literal["new", "persisting", "reversed"]
Verdict = Literal["on", "held", "pending", "off", "unknown"]


@dataclass(frozen=True, slots=True)
class Watch:
    """Something to watch: the metric now, the trigger, by when, and what it would do.

    effect is `confirm` or `refute`; trigger is the number the metric would have to pass.
    """

    effect: Literal["confirm", "refute"]
    metric: str
    subject: str
    current: float
    trigger: float
    direction: Literal["above", "below"]
    deadline: int
    phrase: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds now for one subject.

    strength is the significance score (higher is rarer); tail the two-sided tail probability it
    came from, unweighted. evidence is the only list of metrics a sentence may quote. always: told
    whatever else there is.
    """

    rule: str
    subject: str
    family: str
    role: str  # finding, level, gate
    state: State
    since: int
    strength: float
    tail: float
    evidence: tuple[str, ...]
    watch: tuple[Watch, ...] = ()
    forced_lead: bool = False
    may_lead: bool = True
    always: bool = False

    @property
    def key(self) -> str:
        return f"{self.rule}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Story:
    """The findings chosen, in order, with their roles.

    context: rules that set the day beside longer times, told late and left out early; held: rules
    that are told however little room there is.
    """

    lead: Finding | None
    evidence: tuple[Finding, ...]
    levels: tuple[Finding, ...]
    watch: tuple[Watch, ...]
    left_out: tuple[tuple[str, str], ...]  # (finding key, reason)
    quiet: bool
    conflicts: tuple[tuple[str, str], ...] = ()  # keys of pairs to be joined by "but"
    context: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()


# ---------------------------------------------------------------- what was written


@dataclass(frozen=True, slots=True)
class NumberTrace:
    """One printed number: its span (code points) in a segment, and the metric behind it.

    value is the full-precision number in `unit`; scale is what it was divided by before printing
    (1e9 for "bn"); decimals the digits printed after the point. For dates and times unit is "ms"
    and decimals is -1.
    """

    segment: int
    start: int
    end: int
    text: str
    metric: str
    subject: str
    value: float
    unit: str
    scale: float
    decimals: int
    rule: str
    sources: tuple[SourceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class SentenceTrace:
    """A stretch of text and the findings (keys `rule:subject`) that license it.

    furniture marks disclaimer, as-of, coverage, sign-off and hashtags, which need no finding.
    """

    segment: int
    start: int
    end: int
    findings: tuple[str, ...]
    furniture: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a gate found. start and end are code points in the segment; -1 for the whole."""

    gate: str
    severity: Literal["error", "warning"]
    message: str
    segment: int = 0
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Part:
    """What a stretch of a long text is to a typesetter; parts follow one another without overlap.

    A `row` is one line of a table, its cells divided by " | ".
    """

    kind: Literal["title", "heading", "paragraph", "small", "head", "row"]
    segment: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A text with its trace. segments are exactly what would be published, one per post."""

    form: str  # article, post
    network: str  # "" for the plain article
    lang: str
    segments: tuple[str, ...]
    numbers: tuple[NumberTrace, ...]
    sentences: tuple[SentenceTrace, ...]
    hashtags: tuple[str, ...] = ()
    title: str = ""
    length: tuple[int, ...] = ()
    limit: int | None = None
    left_out: tuple[tuple[str, str], ...] = ()  # (finding key, why it is not in this text)
    parts: tuple[Part, ...] = ()  # of texts with headings; others are paragraphs


def iter_pairs(findings: tuple[Finding, ...]) -> Iterator[tuple[Finding, Finding]]:
    """All unordered pairs of findings."""
    for i, a in enumerate(findings):
        for b in findings[i + 1 :]:
            yield a, b
