"""What a venue's public history offers; a source module says it with HISTORY."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from generator.model import HOUR, Floats

if TYPE_CHECKING:
    from generator.collect.context import Context
    from generator.collect.rows import Row

FUNDING_DAYS = 365
YEARS = 3 * 365 + 1  # daily bars; a record of closes is worth little on fewer
# Daily bars where pages are so large that these take no more requests than three years do: two
# pages of a thousand, today's bar among them.
LONG = 1_999


# (ctx, row, since, now): rows of [since, now)
Fetch: TypeAlias = "Callable[[Context, Row, int, int], Awaitable[Floats]]"


@dataclass(frozen=True, slots=True)
class Extra:
    """Index series of a major's perpetual that one request gives (names as in model.SERIES_OF).

    fetch(ctx, row, since, now) answers float64 rows of [since, now): the ts at which the values
    were known, then a column per name, NaN where unknown. every: ms between two values.
    """

    names: tuple[str, ...]
    fetch: Fetch
    days: int = 30
    every: int = HOUR


@dataclass(frozen=True, slots=True)
class History:
    """What a venue's public history offers, and how large its pages are (0: one page holds all).

    quote_volume is where a raw candle keeps its quote volume, None where it does not; taker_quote
    where it keeps the part of it that buyers initiated. funding_until names the parameter that
    ends a funding page: `until` (ms), OKX's `after`, or a page number. also names pairs beyond the
    majors whose bars are kept; hourly: whether the majors' hours are. until: whether a page of
    candles may be told its end. bars_days: how many daily bars are kept.
    """

    bars_page: int = 500
    funding_page: int | None = None
    funding_days: int = FUNDING_DAYS
    funding_step_h: int = 8
    funding_until: str = "until"
    oi: str | None = None
    oi_page: int = 500
    premium: Literal["premium_index", "mark_index"] | None = None
    premium_page: int = 500
    quote_volume: int | str | None = None
    volume_in_contracts: bool = False
    taker_quote: int | None = None
    hourly: bool = True
    until: bool = True
    bars_days: int = YEARS
    also: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()
