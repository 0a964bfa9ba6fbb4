"""What a venue says, made safe to believe: finite numbers, real stamps, plain coins.

Every doubt becomes None. Nothing here guesses.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from generator.model import DAY, FIELDS, HOUR

CLOCKS_APART = 5 * 60_000  # ms; beyond it a number and this machine are not of one day's market
FUTURE_TOLERANCE = 60_000  # ms; clocks of venues differ by seconds, not by minutes
EARLIEST = 1_230_768_000_000  # 2009-01-01: anything before it is a zero in disguise
QUOTES = ("USDT", "USDC", "USD")

POSITIVE = frozenset(
    ["last", "open_24h", "high_24h", "low_24h", "mark", "index", "market_cap_usd", "oi_base",
     "oi_usd", "supply_usd", "supply_prev_week_usd"]
)  # fmt: skip
NOT_NEGATIVE = frozenset(["quote_volume_24h", "base_volume_24h", "index_value",
                          "liquidations_24h_usd"])  # fmt: skip
RATES = frozenset(["funding_rate", "funding_8h", "funding_cap", "funding_floor"])
# No price, count or sum of this world is larger; 1e300 would end in an overflow further on.
LARGEST = 1e24
SMALLEST = 1e-24
PRICES = frozenset(["last", "open_24h", "high_24h", "low_24h", "mark", "index"])
LARGEST_PRICE = 1e12
LARGEST_USD = 1e15
IN_USD = frozenset(["quote_volume_24h", "market_cap_usd", "oi_usd", "supply_usd",
                    "supply_prev_week_usd", "liquidations_24h_usd"])  # fmt: skip
LARGEST_RATE = 0.25  # per interval; ccxt clips some venues here, so the bound itself is unknown


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STABLES = _words(
    "USDT USDC DAI FDUSD TUSD USDE PYUSD USD1 BUSD USDP GUSD LUSD FRAX USDD USDS RLUSD USDG "
    "EURC EURT EURI AEUR EUR GBP USTC UST XUSD BFUSD RUSD USDB SUSD CRVUSD GHO USD0 USDL MIM "
    "USDTB USDX EURS EURR USDQ EURQ DEUSD USDF"
)
STOCKS = _words(
    "AAPL ABNB AMD AMZN ARM ASML AVGO BABA BA COST CRCL CRWD CRWV DIS DKNG EWJ EWY GME GOOG GOOGL "
    "HOOD IBM INTC INTU IWM JNJ JPM KO LLY LMT MCD META MRVL MSFT MSTR MU NFLX NIO NKE NVDA ORCL "
    "PAYPAL PEP PFE PLTR PYPL QQQ RDDT RIVN RKLB SBET SMCI SNDK SNOW SOXL SPY SQQQ TQQQ TSLA TSM "
    "UBER UNH V WMT XOM XAU XAG XPT XPD XCU COPPER WTI BRENT NATGAS SPX500 NAS100 US30 US500 "
    "USTECH XYZ100 COIN KOSPI NIKKEI"
)
STOCK_MARKS = re.compile(r"equity|stock|tradfi|commodity|forex|etf", re.I)
MULTIPLIED = re.compile(r"^(1000000|100000|10000|1000|1M)([A-Z][A-Z0-9]+)$")
MULTIPLIED_END = re.compile(r"^([A-Z]{3,})(1000000|100000|10000|1000)$")
KILO = _words("PEPE SHIB BONK FLOKI LUNC NEIRO DOGS")


def number(value: Any) -> float | None:
    """A finite float, or None; empty strings, nan and infinities are None, 0 is 0."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def accept(field: str, value: Any, now: int) -> float | None:
    """The value of one snapshot field (units of model.FIELDS), or None where it cannot be true."""
    if field not in FIELDS:
        raise KeyError(f"{field} is not a snapshot field")
    found = number(value)
    if found is None:
        return None
    if abs(found) > _largest(field) or 0 < abs(found) < SMALLEST:
        return None
    if field in POSITIVE and found <= 0:
        return None
    if field in NOT_NEGATIVE and found < 0:
        return None
    if field in RATES and abs(found) >= LARGEST_RATE:
        return None
    if field == "funding_interval_h" and not 0 < found <= 24:
        return None
    if field == "next_funding_ts" and not now - 60_000 < found <= now + DAY + HOUR:
        return None  # an old schedule date, or 1970
    if field == "pct_24h" and found <= -100:
        return None
    if field == "index_value" and found > 100:
        return None
    return found


def _largest(field: str) -> float:
    return LARGEST_PRICE if field in PRICES else LARGEST_USD if field in IN_USD else LARGEST


def stamp(value: Any, now: int) -> int | None:
    """An exchange's time stamp in ms, or None when it is absent, from 1970 or from the future."""
    found = number(value)
    if found is None or found < EARLIEST or found > now + FUTURE_TOLERANCE:
        return None
    return int(found)


def from_future(value: Any, now: int) -> bool:
    """Whether a stamp says a moment that no difference of clocks explains."""
    found = number(value)
    return found is not None and found > now + CLOCKS_APART


def split_multiplier(base: str) -> tuple[str, float]:
    """('1000PEPE') -> ('PEPE', 1000.0); kPEPE and SHIB1000 alike; 1INCH stays whole."""
    if match := MULTIPLIED.match(base):
        return match[2], 1e6 if match[1] == "1M" else float(match[1])
    if match := MULTIPLIED_END.match(base):
        return match[1], float(match[2])
    if base[:1] in ("k", "K") and base[1:] in KILO:
        return base[1:], 1000.0
    return base, 1.0


INDICES = frozenset({"BTCDOM", "DEFI", "ALL", "BLUEBIRD", "FOOTBALL"})  # contracts on baskets


def asset_class(base: str, market: Mapping[str, Any] | None = None) -> str:
    """`stable`, `stock` (any tokenised traditional asset), `index` (a basket) or `crypto`."""
    if base in STABLES:
        return "stable"
    if base in INDICES:
        return "index"
    if market is not None and _says_stock(market):
        return "stock"
    if base in STOCKS or (base.endswith("X") and base[:-1] in STOCKS and len(base) > 4):
        return "stock"
    return "crypto"


def _says_stock(market: Mapping[str, Any]) -> bool:
    if market.get("stock") is True:
        return True
    info = market.get("info")
    if not isinstance(info, Mapping):
        return False
    told = [info.get(k) for k in ("underlyingType", "contractType", "symbolType",
                                  "contract_type", "instType", "category_type")]  # fmt: skip
    # OKX: instCategory 1 is crypto, 3 stocks, 4 commodities, 5 foreign exchange.
    if str(info.get("instCategory") or "1") not in ("1", ""):
        return True
    return str(info.get("isRwa", "")).upper() in ("YES", "TRUE") or any(
        isinstance(t, str) and STOCK_MARKS.search(t) for t in told
    )
