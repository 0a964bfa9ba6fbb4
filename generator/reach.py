"""Whether the sources answer at all: one small request each, side by side."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from generator.settings import CollectSection

# The smallest public address of each venue; what it says is not read.
PINGS: Mapping[str, str] = {
    "binance": "https://api.binance.com/api/v3/ping",
    "binanceusdm": "https://fapi.binance.com/fapi/v1/ping",
    "bitget": "https://api.bitget.com/api/v2/public/time",
    "bybit": "https://api.bybit.com/v5/market/time",
    "coinbase": "https://api.exchange.coinbase.com/time",
    "deribit": "https://www.deribit.com/api/v2/public/get_time",
    "gate": "https://api.gateio.ws/api/v4/spot/time",
    "hyperliquid": "https://api.hyperliquid.xyz/info",
    "kraken": "https://api.kraken.com/0/public/Time",
    "krakenfutures": "https://futures.kraken.com/derivatives/api/v3/feeschedules",
    "kucoinfutures": "https://api-futures.kucoin.com/api/v1/timestamp",
    "okx": "https://www.okx.com/api/v5/public/time",
    "coingecko": "https://api.coingecko.com/api/v3/ping",
    "coinmarketcap": "https://pro-api.coinmarketcap.com/v1/key/info",
    "coinpaprika": "https://api.coinpaprika.com/v1/global",
    "alternative.me": "https://api.alternative.me/fng/",
    "defillama": "https://stablecoins.llama.fi/stablecoinchains",
}


@dataclass(frozen=True, slots=True)
class Reach:
    """state: ok, blocked, failed or skipped; reason is empty only for ok."""

    name: str
    state: str
    reason: str
    seconds: float


def reach_all(collect: CollectSection, timeout_s: float = 5.0) -> tuple[Reach, ...]:
    """Every configured venue, side source and feed, in that order. Raises nothing."""
    from concurrent.futures import ThreadPoolExecutor

    names = (*collect.venues, *collect.aggregators, *collect.side)
    urls = [(name, PINGS.get(name, "")) for name in names] + list(collect.feeds)
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        asked = [pool.submit(reach, n, u, collect.url_prefix, timeout_s) for n, u in urls]
        return tuple(a.result() for a in asked)


def reach(name: str, url: str, prefix: str, timeout_s: float) -> Reach:
    """One request. Any HTTP answer counts as reachable, except those that venues refuse with."""
    import urllib.error
    import urllib.request

    if not url:
        return Reach(name, "skipped", "no address is known to ask", 0.0)
    start = time.monotonic()
    state, reason = "ok", ""
    try:
        request = urllib.request.Request(prefix + url, headers={"User-Agent": "commentary"})
        with urllib.request.urlopen(request, timeout=timeout_s):
            pass
    except urllib.error.HTTPError as error:
        # Refusal by country looks like this; other codes (405 to a GET) still come from the venue.
        if error.code in (403, 451):
            state, reason = "blocked", f"HTTP {error.code}"
        elif error.code >= 500 or error.code == 429:
            state, reason = "failed", f"HTTP {error.code}"
    except (OSError, ValueError) as error:
        cause = getattr(error, "reason", error)
        state, reason = "failed", " ".join(str(cause).split())[:120] or type(error).__name__
    return Reach(name, state, reason, time.monotonic() - start)
