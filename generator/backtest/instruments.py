"""Which instruments a history is of, from the keys of its series: no snapshot is needed."""

from __future__ import annotations

import re

from generator.model import History, Instrument, InstrumentKind

QUOTES = ("USDT", "USD", "USDC")
PRICED = ("bars_1d", "bars_1h", "funding", "oi")
# Unified symbols: BTC/USDT, BTC/USDT:USDT, and dated BTC/USDT:USDT-260327.
SYMBOL = re.compile(r"(?P<base>[^/:#]+)/(?P<quote>[^/:#]+)(?P<settle>:[^-#]+)?(?P<expiry>-\d+)?")


def instruments(history: History) -> tuple[Instrument, ...]:
    """The spot pairs and linear perpetuals of a history, sorted by venue and symbol.

    Multipliers and asset classes are read as collecting reads them: 1000PEPE is PEPE, 1000.
    """
    keys = sorted({(v, s) for v, s, kind in history.series if kind in PRICED})
    return tuple(found for v, s in keys if (found := instrument(v, s)) is not None)


def instrument(venue: str, symbol: str) -> Instrument | None:
    """The instrument of a unified symbol; None for dated futures and unknown quotes."""
    from generator.collect.cleaning import asset_class, split_multiplier

    parts = SYMBOL.fullmatch(symbol)
    if parts is None or parts["quote"] not in QUOTES or parts["expiry"]:
        return None
    settle = (parts["settle"] or ":").removeprefix(":")
    if settle and settle not in QUOTES:
        return None  # coin-margined: its open interest and volume are of another kind
    kind: InstrumentKind = "perp_linear" if settle else "spot"
    base, multiplier = split_multiplier(parts["base"])
    labels = (("pct_window", "rolling24h"), ("funding_kind", "settled"))
    return Instrument(
        venue, symbol, symbol, kind, base, parts["quote"], multiplier, asset_class(base), labels
    )
