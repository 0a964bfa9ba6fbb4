"""Liquidations: a named vendor's or venue's sum, which is a floor where its stream is sampled."""

from __future__ import annotations

from generator.measure.registry import metric


@metric("USD", venue="liquidations", window="24 h")
def liquidations_usd(liquidations_total: float) -> float:
    """Forced closes over 24 hours (canon L03)."""
    return liquidations_total


@metric("share", venue="liquidations", window="24 h")
def liquidations_long(liquidations_long_share: float) -> float:
    """Share of them that closed long positions."""
    return liquidations_long_share


@metric("share", venue="liquidations", window="24 h")
def liquidations_of_oi(liquidations_total: float, oi_now: float, oi_price: float) -> float:
    """Liquidations over the open interest of the reference venue, in dollars."""
    return liquidations_total / (oi_now * oi_price) if oi_now * oi_price > 0 else float("nan")
