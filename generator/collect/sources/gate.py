"""Gate perpetuals: tickers, and contracts for marks, funding and open interest; liquidations as
the venue's own sums per hour."""

from __future__ import annotations

import numpy as np

from generator.collect.cleaning import number
from generator.collect.context import Context
from generator.collect.faults import SourceFault
from generator.collect.offers import Extra, History
from generator.collect.paging import Rows, windows
from generator.collect.rows import Row
from generator.collect.tickers import FUNDING_FIELDS, put_funding, put_marks, put_oi, put_ticker
from generator.collect.venue import contract_size, each, open_exchange
from generator.model import DAY, HOUR, Floats

NAME = "gate"
STATS_PAGE = 100
STATS_DAYS = 120  # how far back the statistics go is not stated: 30 days are asked for in earnest


async def liquidations(ctx: Context, row: Row, since: int, now: int) -> Floats:
    """(ts, longs, shorts): USD closed by force per hour, known at the hour's end.

    A row's time is taken for the beginning of its hour, as in the venue's candles. Older pages
    than 30 days may be refused: then the record begins later, and nothing is wrong.
    """
    certain, ended = now - 30 * DAY, False

    async def page(start: int, end: int, limit: int) -> Rows:
        asked = {"settle": "usdt", "contract": row.instrument.raw, "interval": "1h",
                 "from": start // 1000, "limit": limit}  # fmt: skip
        nonlocal ended
        if ended and end <= certain:
            return []
        try:
            answer = await ctx.ask(
                "futures/usdt/contract_stats",
                lambda: ctx.exchange.publicFuturesGetSettleContractStats(asked),
            )
        except SourceFault as fault:
            ended = start < certain and not fault.fault.host
            if not ended:
                raise
            return []
        return [r for x in answer.data if (r := _closed(x)) is not None]

    found = await windows(page, since - HOUR, now, HOUR, STATS_PAGE)
    data = np.array(found, dtype=np.float64).reshape(-1, 3)
    data[:, 0] += HOUR
    return data[data[:, 0] <= now]


def _closed(item: dict[str, object]) -> list[float] | None:
    when = number(item.get("time"))
    sums = [number(item.get(k)) for k in ("long_liq_usd", "short_liq_usd")]
    known = [float("nan") if s is None or s < 0 else s for s in sums]
    return None if when is None else [when * 1000, *known]


HISTORY = History(
    bars_page=1900, funding_page=1000, oi="4h", oi_page=100, premium="mark_index",
    premium_page=1900, quote_volume="sum", volume_in_contracts=True,
    extras=(Extra(("liquidations_long", "liquidations_short"), liquidations, STATS_DAYS),),
)  # fmt: skip


async def fetch(ctx: Context) -> None:
    ex = await open_exchange(ctx, NAME, ("swap",), {"defaultType": "swap"})
    answer = await ctx.ask("futures/usdt/tickers", ex.fetch_tickers)
    for row, ticker in each(ctx, ex, answer.data):
        # ccxt makes None of the 0% of a flat coin; the venue's own text keeps it
        percent = ticker["info"].get("change_percentage")
        put_ticker(row, answer, {**ticker, "open": None, "percentage": percent})
    contracts = await ctx.ask_optional(
        "futures/usdt/contracts", ex.fetch_funding_rates, (*FUNDING_FIELDS, "oi_base", "oi_usd")
    )
    for row, rate in each(ctx, ex, contracts.data if contracts else {}):
        assert contracts is not None
        info = rate["info"]
        put_marks(row, contracts, rate.get("markPrice"), rate.get("indexPrice"), None)
        seconds = number(info.get("funding_interval"))
        put_funding(row, contracts, rate.get("fundingRate"), seconds and seconds / 3600,
                    rate.get("fundingTimestamp"), source="reported", kind="predicted")  # fmt: skip
        size = contract_size(ex, row)
        put_oi(row, contracts, info.get("position_size"), size, None, "contracts")
