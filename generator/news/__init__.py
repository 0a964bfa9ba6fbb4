"""Which headlines are about an asset, and which of them may stand beside a move.

Matching is by whole words, in linear time: the asset's names, and its ticker in capitals. Tickers
that are also common words ("M", "ONE", "NEAR") are matched by name only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from generator.model import DAY, Headline
from generator.printable import unprintable

NAMES = {
    "BTC": ("bitcoin", "bitcoins"),
    "ETH": ("ethereum", "ether"),
    "SOL": ("solana",),
    "XRP": ("ripple",),
    "BNB": ("bnb chain",),
    "DOGE": ("dogecoin",),
    "ADA": ("cardano",),
    "HYPE": ("hyperliquid",),
}
AMBIGUOUS = {"M", "ONE", "NEAR", "BEAT", "TAC", "HYPE", "GAS", "FUN", "SUN", "BAND", "MASK", "LINK"}
OPINION = re.compile(r"(?i)\bprice (?:analysis|prediction|forecast)|\bopinion\b|\bsponsored\b")


@cache
def _pattern(asset: str) -> re.Pattern[str]:
    names = "|".join(re.escape(n) for n in NAMES.get(asset, ()))
    parts = [f"(?i:{names})"] if names else []
    if asset not in AMBIGUOUS and len(asset) > 2:
        parts.append(re.escape(asset))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?![\w-])" if parts else r"(?!)")


def names(headline: Headline, asset: str) -> bool:
    """Whether a title names the asset. "Bitcoin Cash" is another coin."""
    text = re.sub(r"(?i)bitcoin cash|ethereum classic|wrapped bitcoin", " ", headline.title)
    return _pattern(asset).search(text) is not None


def is_question(headline: Headline) -> bool:
    """A question asserts nothing and is never evidence."""
    return "?" in headline.title


def asserts(headline: Headline) -> bool:
    """Whether a title says that something happened, in words that can be printed as they are."""
    title = headline.title
    # Feeds are cleaned when read; a title that still cannot be printed was not read by us.
    return not (is_question(headline) or OPINION.search(title) or unprintable(title))


def _dated(headline: Headline, now: int) -> bool:
    return headline.published_at is not None and now - DAY < headline.published_at <= now


def linked(
    headlines: Sequence[Headline], assets: Sequence[str], now: int
) -> dict[str, tuple[Headline, ...]]:
    """Per asset the dated headlines of the last 24 hours that name it, newest first.

    Questions, forecasts and sponsored texts assert nothing that happened and are left out.

    A headline without a time, or dated after now, links to nothing (a feed once dated a quake of
    1925 into the present).
    """
    dated = [h for h in headlines if _dated(h, now) and asserts(h)]
    dated.sort(key=lambda h: (-(h.published_at or 0), h.source, h.title))
    return {a: tuple(h for h in dated if names(h, a)) for a in assets}
