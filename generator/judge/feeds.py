"""Which source feeds an input, and what became of that source: failed is not absent.

A number can be missing because the one venue that gives it did not answer, because it answered
without it, because it is switched off, because its record is too short, or because no public source
has it at all. Each of these asks something else of a reader.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.measure.inputs import Inputs
from generator.measure.registry import MetricInfo, raw_inputs
from generator.model import MARKET, Snapshot

SETTINGS = frozenset({"now", "is_major", "quote_is_usdt"})  # always there: the clock and settings


@dataclass(frozen=True, slots=True)
class Feed:
    """What gives an input: text for people, and the sources of which any one is enough.

    own: what a user would have to bring, with {} for the asset; where there is no source, nothing
    else feeds it. record: how long its past must have been collected, where no source keeps one.
    """

    what: str
    sources: tuple[str, ...] = ()
    own: str = ""
    record: str = ""


_SPOT = ("binance", "coinbase", "kraken")
_PERPS = (
    *("binanceusdm", "bybit", "okx", "hyperliquid", "bitget"),
    *("gate", "kucoinfutures", "krakenfutures"),
)
_PRICES = (*_SPOT, *_PERPS)
_VALUES = ("coingecko", "coinmarketcap", "coinpaprika")
_CALENDAR = "an entry in the calendar"
_FUNDING = "the settled rates of perpetuals venues"

# Input family (a metric's `venue`) -> what feeds it.
FEEDS: Mapping[str, Feed] = {
    "accounts": Feed("a venue's hourly ratio of accounts", ("binanceusdm", "okx", "bybit")),
    "altseason": Feed("CoinMarketCap's season index", own="series ALTSEASON"),
    "buckets": Feed("an aggregator's market values, with a perpetuals venue's bars", _VALUES),
    "cme_basis": Feed("the basis at CME", own="series CME_BASIS_{}"),
    "cme_close": Feed("Friday's close at CME", own="series CME_CLOSE_{}"),
    "coinbase_premium": Feed("BTC and USDT in dollars at Coinbase, BTC at Binance", ("coinbase",)),
    "coverage": Feed("what became of each source in this run"),
    "depth": Feed(
        "the order book of Binance spot", ("binance",), record="20 days, collected by the hour"
    ),
    "dominance": Feed(
        "an aggregator's share of BTC in all market value",
        ("coingecko",),
        record="a day of collecting",
    ),
    "dvol": Feed("Deribit's volatility index", ("deribit",)),
    "dxy": Feed("the dollar index", own="series DXY"),
    "etf": Feed("flows of the US spot ETFs", own="series ETF_FLOW_{}"),
    "expiry": Feed("past expiries", own="series EXPIRY_NOTIONAL_{}"),
    "expiry_source": Feed(
        "a calendar and past expiries", own=f"{_CALENDAR} and series EXPIRY_NOTIONAL_{{}}"
    ),
    "fear_greed": Feed("the Fear & Greed index", ("alternative.me",)),
    "funding": Feed(_FUNDING, _PERPS),
    "funding_gap": Feed(f"{_FUNDING}, of both majors", _PERPS),
    "funding_limit": Feed("a venue's limit of its rate", ("okx", "binanceusdm")),
    "funding_spread": Feed(f"{_FUNDING}, four with 90 days", _PERPS),
    "funding_venues": Feed(f"{_FUNDING}, three or two with open interest", _PERPS),
    "futures": Feed(
        "dated futures", ("binanceusdm", "okx", "deribit"), record="90 days of collecting"
    ),
    "futures_venues": Feed("dated futures of two venues", ("binanceusdm", "okx", "deribit")),
    "liquidations": Feed("a venue's hourly liquidations", ("gate",)),
    "macro_ahead": Feed("a calendar", own=_CALENDAR),
    "macro_near": Feed("a calendar", own=_CALENDAR),
    "market_value": Feed("an aggregator's market values", _VALUES, record="90 days of collecting"),
    "ndx": Feed("the Nasdaq 100", own="series NDX"),
    "news": Feed("the configured feeds", ("headlines",)),
    "oi": Feed("open interest in contracts, and its samples", _PERPS),
    "oi_hour": Feed("hourly samples of open interest", ("bybit", "okx")),
    "oi_venues": Feed("hourly samples of open interest of several venues", ("bybit", "okx")),
    "pair": Feed("both majors' prices and bars of one venue", _PRICES),
    "perp": Feed("a perpetuals venue's tickers and bars", _PERPS),
    "perp_share": Feed("turnover of spot and perpetual at one exchange", ("binance", "okx")),
    "premium": Feed(
        "the premium of a venue's perpetual", tuple(n for n in _PERPS if n != "hyperliquid")
    ),
    "price": Feed("price and bars of one market", _PRICES),
    "release": Feed("a calendar", own=f"{_CALENDAR} with actual, consensus and source"),
    "release_source": Feed("a calendar", own=f"{_CALENDAR} with actual, consensus and source"),
    "skew": Feed("the skew of options", own="series SKEW_25D_{}"),
    "spot": Feed("turnover of a spot venue, and its bars", _SPOT),
    "spread": Feed(
        "the order book of Binance spot", ("binance",), record="20 days, collected by the hour"
    ),
    "spx": Feed("the S&P 500", own="series SPX"),
    "stablecoins": Feed("supplies of USDT and USDC", ("defillama",)),
    "strength": Feed("30 days of bars of many perpetuals", _PERPS),
    "taker": Feed("what share of turnover buyers began", ("binance", "binanceusdm")),
    "top_traders": Feed("a venue's ratio of its top traders", ("binanceusdm", "okx")),
    "universe": Feed("one venue's liquid perpetuals, and their bars", _PERPS),
    "universe_funding": Feed("the current rates of one venue's perpetuals", _PERPS),
    "us10y": Feed("the US ten-year yield", own="series US10Y"),
    "usdc": Feed("USDC in dollars on two venues", ("kraken", "coinbase")),
    "usdt": Feed("USDT in dollars on two venues", ("coinbase", "kraken")),
    "usdt_price": Feed("USDT in dollars", ("coinbase", "kraken")),
    "venue_reported": Feed("a calendar", own=f"{_CALENDAR} of kind venue"),
    "venue_source": Feed("a calendar", own=f"{_CALENDAR} of kind venue"),
    "volume_ratio": Feed("turnover of both majors on one spot venue", _SPOT),
}
# Raw inputs that another family puts than the one whose metrics read them: prefix -> family.
_OTHERS = (
    ("market_value_", "market_value"),
    ("market_cap", "market_value"),
    ("cme_close", "cme_close"),
    ("funding_", "funding"),
    ("hourly_", "price"),
    ("daily_", "price"),
    ("days_", "price"),
    ("oi_now", "oi"),
    ("oi_price", "oi"),
    ("reopening", "price"),
)
NAMED = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?")


Fate = tuple[str, str, str]  # source, state, reason


@dataclass(frozen=True, slots=True)
class Lack:
    """Why numbers of one input family are missing.

    numbers: the metrics concerned. given: its inputs are there, so the record is too short, too old
    or has a gap. chosen: the market that speaks for the family here, though it lacks them. sources:
    (name, state, reason) of each that would feed it; the state is a SourceState, `off` (not
    configured), `not asked` or `not in it` (a scenario). own: what a user would have to bring.
    """

    numbers: tuple[str, ...]
    family: str
    what: str
    given: bool
    chosen: str
    sources: tuple[Fate, ...]
    own: str = ""
    record: str = ""


def feed_of(raw: str, family: str) -> str:
    """The family that gives a raw input to a metric of `family`."""
    other = next((f for prefix, f in _OTHERS if raw.startswith(prefix)), family)
    return other if other in FEEDS else family


def lacks(
    missing: Iterable[str],
    subject: str,
    inputs: Mapping[str, Inputs],
    snapshot: Snapshot,
    configured: Collection[str],
    catalog: Mapping[str, MetricInfo],
) -> tuple[Lack, ...]:
    """Why each missing metric is missing, by the family that would feed it.

    missing: metrics as a rule names them ("btc.return_24h"). inputs: by subject, as measured.
    configured: the sources and feeds that the settings ask.
    """
    found: dict[tuple[str, str, bool], dict[str, None]] = {}
    # a window over the past is named as it is written: the metrics inside it are meant
    for written in dict.fromkeys(w for text in missing for w in NAMED.findall(text)):
        prefix, _, name = written.rpartition(".")
        if name not in catalog:
            continue
        info = catalog[name]
        of = _subject(prefix, subject, info)
        there = inputs[of].values if of in inputs else {}
        gone = [r for r in raw_inputs(name) if r not in SETTINGS and _is_missing(there.get(r))]
        for family in sorted({feed_of(r, info.venue) for r in gone} or {info.venue}):
            found.setdefault((family, of, not gone), {})[written] = None
    return tuple(
        Lack(
            numbers=tuple(names),
            family=family,
            what=FEEDS[family].what if family in FEEDS else family,
            given=given,
            chosen=""
            if family == "news" or of not in inputs
            else inputs[of].scopes.get(family, ""),
            sources=() if given else tuple(_states(family, snapshot, configured)),
            own="" if given or family not in FEEDS else FEEDS[family].own.format(_asset(of)),
            record=FEEDS[family].record if family in FEEDS else "",
        )
        for (family, of, given), names in found.items()
    )


def _asset(subject: str) -> str:
    return subject.partition("/")[0]


def _subject(prefix: str, subject: str, info: MetricInfo) -> str:
    if info.scope == "market":
        return MARKET
    left, _, right = subject.partition("/")
    return {"": subject, "left": left, "right": right}.get(prefix, prefix.upper())


def _is_missing(value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return hasattr(value, "__len__") and not len(value)


def _states(family: str, snapshot: Snapshot, configured: Collection[str]) -> Iterator[Fate]:
    states: dict[str, Fate] = {s.name: (s.name, s.state, s.reason) for s in snapshot.sources}
    absent = "not in it" if snapshot.mode == "scenario" else "not asked"
    for name in FEEDS[family].sources if family in FEEDS else ():
        if name in states:
            yield states[name]
        elif name == "headlines" and snapshot.mode == "scenario":
            # a prepared state names its feeds, not the source that reads them
            feeds = [s for n, s in states.items() if n in configured and n not in _ASKED]
            yield from feeds or [(name, absent, "")]
        else:
            yield name, absent if name in configured else "off", ""


_ASKED = frozenset(n for f in FEEDS.values() for n in f.sources)


def told(lack: Lack) -> str:
    """A lack in one line of text."""
    start = f"{', '.join(lack.numbers)}: {lack.what}"
    grown = f" (needs {lack.record})" if lack.record else ""
    if lack.given:
        return f"{start}: there, but too short, too old or with a gap{grown}"
    if lack.chosen:
        fates = "; ".join(_grouped(s for s in lack.sources if s[1] in TROUBLE))
        end = f"; {fates}" if fates else ""
        return f"{start}: taken from {lack.chosen}, which lacks it{end}{grown}"
    if lack.sources:
        return f"{start}: {'; '.join(_grouped(lack.sources))}{grown}"
    if lack.own:
        bring = f"bring {lack.own}, see docs/optional-sources.md"
        return f"{start}: no keyless source has it; {bring}"
    return f"{start}: nothing else feeds it"


TROUBLE = ("failed", "blocked", "partial")
_WORDS = {  # of one source, of several
    "ok": ("answered without it", "answered without it"),
    "partial": ("answered in part", "answered in part"),
    "not asked": ("was not asked then", "were not asked then"),
    "not in it": ("is not in this scenario", "are not in this scenario"),
    "off": ("is switched off", "are switched off"),
}


def _grouped(states: Iterable[Fate]) -> Iterator[str]:
    """Sources of the same fate together: `okx, gate answered without it`."""
    by_fate: dict[str, list[str]] = {}
    for name, state, reason in states:
        fate = f"{state} ({reason})" if reason and state != "ok" else state
        by_fate.setdefault(fate, []).append(name)
    for fate, names in by_fate.items():
        state, space, reason = fate.partition(" (")
        one, several = _WORDS.get(state, (state, state))
        yield f"{', '.join(names)} {one if len(names) == 1 else several}{space}{reason}"
