"""Breadth: one venue's liquid crypto perpetuals (or an aggregator's coins), counted.

Inputs over the universe, one value per coin: `u_return` (24 h, percent), `u_funding` (current rate,
percent per 8 h, NaN where unknown; all the venue's crypto perpetuals), `btc_return` (percent).
Medians, never means: one coin at +300% must not speak for the market (canon M02).
"""

from __future__ import annotations

import numpy as np

from generator.measure.registry import metric
from generator.measure.statistics import known_median, median
from generator.model import Floats

NAN = float("nan")
ENOUGH = 30


def _known(values: Floats) -> Floats:
    known = values[np.isfinite(values)]
    return known if len(known) >= ENOUGH else np.empty(0)


@metric("coins", venue="universe", window="24 h", scope="market")
def universe_count(u_return: Floats) -> float:
    """How many coins breadth is counted over; unknown under thirty."""
    return float(len(_known(u_return)) or NAN)


@metric("coins", venue="universe", window="24 h", scope="market")
def advancers(u_return: Floats) -> float:
    """Coins above their price of 24 hours ago (canon M01)."""
    known = _known(u_return)
    return float(np.count_nonzero(known > 0)) if len(known) else NAN


@metric("coins", venue="universe", window="24 h", scope="market")
def decliners(u_return: Floats) -> float:
    """Coins below their price of 24 hours ago."""
    known = _known(u_return)
    return float(np.count_nonzero(known < 0)) if len(known) else NAN


@metric("share", venue="universe", window="24 h", scope="market")
def advancers_share(advancers: float, universe_count: float) -> float:
    """Advancers over all coins counted."""
    return advancers / universe_count


@metric("share", venue="universe", window="24 h", scope="market")
def decliners_share(decliners: float, universe_count: float) -> float:
    """Decliners over all coins counted."""
    return decliners / universe_count


@metric("%", venue="universe", window="24 h", scope="market")
def median_return_24h(u_return: Floats) -> float:
    """The typical coin's change (canon M02)."""
    known = _known(u_return)
    return float(median(known)) if len(known) else NAN


@metric("% points", venue="universe", window="24 h", scope="market")
def median_minus_btc(median_return_24h: float, btc_return: float) -> float:
    """The typical coin's change less bitcoin's on the same venue."""
    return median_return_24h - btc_return


@metric("%", venue="universe", window="24 h", scope="market")
def btc_return_24h(btc_return: float) -> float:
    """Bitcoin's change on the venue that breadth is counted on."""
    return btc_return


@metric("perpetuals", venue="universe_funding", window="current", scope="market")
def perps_with_funding(u_funding: Floats) -> float:
    """How many of the venue's crypto perpetuals have a current rate; unknown under 90% of them.

    A count over the few that are known would be about those few.
    """
    known = _known(u_funding)
    return float(len(known)) if len(known) >= 0.9 * len(u_funding) > 0 else NAN


@metric("perpetuals", venue="universe_funding", window="current", scope="market")
def perps_negative(u_funding: Floats, perps_with_funding: float) -> float:
    """How many of them stand below zero."""
    return float(np.count_nonzero(u_funding < 0)) + 0 * perps_with_funding


@metric("share", venue="universe_funding", window="current", scope="market")
def perps_negative_share(perps_negative: float, perps_with_funding: float) -> float:
    """Share of perpetuals with a negative current rate."""
    return perps_negative / perps_with_funding


@metric("% per 8 h", venue="universe_funding", window="current", scope="market")
def perps_median_funding(u_funding: Floats, perps_with_funding: float) -> float:
    """The typical perpetual's current rate."""
    return float(known_median(u_funding)) + 0 * perps_with_funding


# ---------------------------------------------------------------- single coins (canon M05, M06)


@metric("rank", venue="price", window="24 h")
def gainer_rank(universe_gainer_rank: float) -> float:
    """1 for the largest gain among the coins that pass the movers filter."""
    return universe_gainer_rank


@metric("rank", venue="price", window="24 h")
def loser_rank(universe_loser_rank: float) -> float:
    """1 for the largest fall among the coins that pass the movers filter."""
    return universe_loser_rank


@metric("USD", venue="price", window="24 h")
def turnover_24h(turnover: float) -> float:
    """The coin's own turnover on the venue that movers are ranked on."""
    return turnover


@metric("days", venue="price")
def listed_days(age: float) -> float:
    """Days since listing on that venue, as it states them or as its daily bars show at least."""
    return age


@metric("USD", venue="universe", window="24 h", scope="market")
def mover_floor(movers_min_turnover: float) -> float:
    """The least turnover a coin needs to be listed as a mover (a setting)."""
    return movers_min_turnover


@metric("days", venue="universe", scope="market")
def mover_age(movers_min_age: float) -> float:
    """The least age in days a listing needs (a setting)."""
    return movers_min_age


@metric("venues", venue="universe", window="24 h")
def venues_agreeing(mover_prices: Floats, last: float) -> float:
    """On how many venues the coin's price stands within 2% of the one shown."""
    return float(np.count_nonzero(np.abs(mover_prices / last - 1) <= 0.02))


@metric("venues", venue="universe", window="24 h")
def venues_quoting(mover_prices: Floats) -> float:
    """How many venues quote the coin, the shown one among them."""
    return float(np.count_nonzero(np.isfinite(mover_prices)))


@metric("share", venue="universe", window="24 h")
def top_venue_share(mover_turnovers: Floats) -> float:
    """The largest venue's share of the coin's turnover over all venues read (two at least)."""
    known = mover_turnovers[np.isfinite(mover_turnovers) & (mover_turnovers > 0)]
    return float(known.max() / known.sum()) if len(known) > 1 else NAN


@metric("USD", venue="market_value")
def market_value(market_cap: float) -> float:
    """Market value by an aggregator, joined only where its price agrees within 3%."""
    return market_cap


@metric("times", venue="price", window="1 h")
def worst_hour_volume_multiple(
    hourly_ts: Floats, hourly_volume: Floats, worst_hour_start: float, now: float
) -> float:
    """Volume of the hour with the largest move over the mean hour of the six days before (M06)."""
    inside = hourly_ts == worst_hour_start
    past = hourly_volume[(hourly_ts >= now - 7 * 86_400_000) & (hourly_ts < now - 86_400_000)]
    past = past[np.isfinite(past)]
    if not inside.any() or len(past) < 100 or past.mean() <= 0:
        return NAN
    return float(hourly_volume[inside][0] / past.mean())


@metric("flag", venue="price")
def major(is_major: float) -> float:
    """1 for an asset the note follows by name (a setting), 0 for one listed only as a mover."""
    return is_major


@metric("sources", venue="coverage", scope="market")
def sources_answering(sources_ok: float) -> float:
    """Sources that answered in full."""
    return sources_ok


@metric("sources", venue="coverage", scope="market")
def sources_missing(sources_bad: float) -> float:
    """Configured sources that failed, were blocked or answered in part."""
    return sources_bad
