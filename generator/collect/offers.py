"""What a venue's public history offers; a source module says it with HISTORY."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FUNDING_DAYS = 365


@dataclass(frozen=True, slots=True)
class History:
    """What a venue's public history offers, and how large its pages are (0: one page holds all).

    quote_volume is where a raw candle keeps its quote volume, None where it does not.
    funding_until names the parameter that ends a funding page: `until` (ms), OKX's `after`, or
    a page number.
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
