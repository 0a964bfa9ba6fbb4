"""Which sources feed which input family, and what a user would have to bring where none does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
CALENDAR_ENTRY = "an entry in the calendar"
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
        "a calendar and past expiries", own=f"{CALENDAR_ENTRY} and series EXPIRY_NOTIONAL_{{}}"
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
    "macro_ahead": Feed("a calendar", own=CALENDAR_ENTRY),
    "macro_near": Feed("a calendar", own=CALENDAR_ENTRY),
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
    "release": Feed("a calendar", own=f"{CALENDAR_ENTRY} with actual, consensus and source"),
    "release_source": Feed("a calendar", own=f"{CALENDAR_ENTRY} with actual, consensus and source"),
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
    "venue_reported": Feed("a calendar", own=f"{CALENDAR_ENTRY} of kind venue"),
    "venue_source": Feed("a calendar", own=f"{CALENDAR_ENTRY} of kind venue"),
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


def feed_of(raw: str, family: str) -> str:
    """The family that gives a raw input to a metric of `family`, or of a part of it."""
    family = family.partition(":")[0]
    other = next((f for prefix, f in _OTHERS if raw.startswith(prefix)), family)
    return other if other in FEEDS else family
