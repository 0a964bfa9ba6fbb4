"""Relative strength (canon R03): where an asset's 7- and 30-day returns rank in the universe.

The universe is one venue's perpetuals with daily bars on record that reached the floor of turnover
on the day the longer window began, and that still trade: membership is decided before the returns,
so that no coin is in by having risen. Returns run over completed UTC days. `strength_7d` and
`strength_30d` are the members' returns in percent, `own_7d` and `own_30d` the asset's.
"""

from __future__ import annotations

import numpy as np

from generator.measure.daily_universe import ENOUGH, daily_universe
from generator.measure.inputs import Desk, Inputs, draws
from generator.measure.registry import metric
from generator.measure.universe import counted
from generator.model import DAY, Floats

NAN = float("nan")
WEEK, MONTH = 7, 30


@draws("asset")
def put_strength(inputs: Inputs, desk: Desk, asset: str) -> None:
    """Returns of the universe's members and the asset's own, to the last completed UTC day."""
    kept = daily_universe(desk)
    if kept is None or asset not in kept.bases:
        return
    stop = kept.before(desk.now)
    if stop <= MONTH or kept.days[stop - 1] != desk.now // DAY * DAY - DAY:
        return
    close, begun = kept.close[:stop], kept.turnover[stop - 1 - MONTH]
    with np.errstate(all="ignore"):
        week = (close[-1] / close[-1 - WEEK] - 1) * 100
        month = (close[-1] / close[-1 - MONTH] - 1) * 100
    member = (begun >= desk.market.min_turnover_usd) & np.isfinite(week) & np.isfinite(month)
    at = kept.bases.index(asset)
    if not member[at]:
        return
    inputs.scopes["strength"] = desk.universe.name
    ref = counted(desk, desk.universe, "bars_1d.close")
    inputs.put("strength_7d", week[member], ref)
    inputs.put("strength_30d", month[member], ref)
    inputs.put("own_7d", float(week[at]), ref)
    inputs.put("own_30d", float(month[at]), ref)


@metric("coins", venue="strength", window="30 d")
def strength_count(strength_30d: Floats) -> float:
    """How many coins are ranked, the asset among them; unknown under thirty."""
    return float(len(strength_30d)) if len(strength_30d) >= ENOUGH else NAN


def _rank(own: float, members: Floats) -> float:
    """Rank from the top among the members; 1 the largest return, ties the better rank."""
    return float(np.count_nonzero(members > own) + 1)


@metric("rank", venue="strength", window="7 d")
def strength_rank_7d(own_7d: float, strength_7d: Floats) -> float:
    """Rank of the asset's 7-day return, 1 for the largest."""
    return _rank(own_7d, strength_7d)


@metric("rank", venue="strength", window="30 d")
def strength_rank_30d(own_30d: float, strength_30d: Floats) -> float:
    """Rank of the asset's 30-day return, 1 for the largest."""
    return _rank(own_30d, strength_30d)


@metric("share", venue="strength", window="7 d")
def strength_place_7d(strength_rank_7d: float, strength_count: float) -> float:
    """Rank over count: up to 0.1 is the top tenth, over 0.9 the bottom tenth."""
    return strength_rank_7d / strength_count


@metric("share", venue="strength", window="30 d")
def strength_place_30d(strength_rank_30d: float, strength_count: float) -> float:
    """Rank over count: up to 0.1 is the top tenth, over 0.9 the bottom tenth."""
    return strength_rank_30d / strength_count


@metric("%", venue="strength", window="7 d")
def strength_return_7d(own_7d: float) -> float:
    """The asset's return over the last seven completed UTC days."""
    return own_7d


@metric("%", venue="strength", window="30 d")
def strength_return_30d(own_30d: float) -> float:
    """The asset's return over the last thirty completed UTC days."""
    return own_30d


@metric("USD", venue="strength")
def strength_floor(universe_floor: float) -> float:
    """The least turnover on the day the window began (a setting)."""
    return universe_floor


@draws("asset")
def put_strength_floor(inputs: Inputs, desk: Desk, asset: str) -> None:
    """The floor of turnover, a setting."""
    from generator.measure.inputs import setting

    floor = desk.market.min_turnover_usd
    inputs.put("universe_floor", floor, setting("market.min_turnover_usd", floor))
