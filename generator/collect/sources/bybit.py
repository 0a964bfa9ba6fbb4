"""Bybit linear perpetuals: price, mark, index, funding and open interest in one tickers call; and
what share of accounts held longs, by the hour."""

from __future__ import annotations

import numpy as np

from generator.collect.cleaning import number
from generator.collect.context import Context
from generator.collect.offers import LONG, Extra, History
from generator.collect.paging import Rows, windows
from generator.collect.rows import Row
from generator.collect.tickers import hours, put_funding, put_oi, put_ticker
from generator.collect.venue import each, open_exchange
from generator.model import HOUR, Floats

NAME = "bybit"
RATIO_DAYS = 90
RATIO_PAGE = 500


async def account_ratio(ctx: Context, row: Row, since: int, now: int) -> Floats:
    """(ts, accounts net long over accounts net short), by the hour."""

    async def page(start: int, end: int, limit: int) -> Rows:
        asked = {"category": "linear", "symbol": row.instrument.raw, "period": "1h",
                 "startTime": start, "endTime": end - 1, "limit": limit}  # fmt: skip
        answer = await ctx.ask(
            "v5/market/account-ratio", lambda: ctx.exchange.publicGetV5MarketAccountRatio(asked)
        )
        return [r for x in answer.data["result"]["list"] if (r := _ratio(x)) is not None]

    found = await windows(page, since, now + 1, HOUR, RATIO_PAGE)
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def _ratio(item: dict[str, object]) -> list[float] | None:
    long, short = number(item.get("buyRatio")), number(item.get("sellRatio"))
    when = number(item.get("timestamp"))
    return [when, long / short] if when and long and short else None


HISTORY = History(
    bars_page=1000, bars_days=LONG, funding_page=200, oi="1h", oi_page=200, premium="premium_index",
    premium_page=1000, quote_volume=6,
    extras=(Extra(("long_short_accounts",), account_ratio, days=RATIO_DAYS),),
)  # fmt: skip


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME, ("linear",), {"defaultType": "swap"})
    # The funding call reads the same tickers and, unlike the ticker call, keeps the answer's time.
    answer = await ctx.ask("v5/market/tickers", ex.fetch_funding_rates)
    for row, rate in each(ctx, ex, answer.data):
        info, when = rate["info"], rate.get("timestamp")
        ticker = ex.parse_ticker(info, ex.market(row.instrument.symbol))
        put_ticker(row, answer, {**ticker, "timestamp": when})
        put_funding(row, answer, rate.get("fundingRate"), hours(rate.get("interval")),
                    rate.get("fundingTimestamp"), source="reported",
                    kind="settled" if ctx.clock.replay else "predicted", when=when)  # fmt: skip
        put_oi(row, answer, info.get("openInterest"), 1.0, when, "ticker")
