"""Dated futures: what they trade above or below their index, as a rate a year (canon B02, B03).

Per contract b = (F / S - 1) x 365 / days to expiry, F the future's mark (else last) price, S the
index of the same venue. Contracts with less than 7 days left are left out: a few basis points a
week before expiry read as ten percent a year. `curve_*` are the contracts of one venue, `fronts`
the nearest contract of every venue; percent a year, ms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from generator.measure.inputs import Desk, Inputs, Thunk, draws, observed
from generator.measure.registry import metric
from generator.measure.venues import listed, venue_name
from generator.model import DAY, Floats

NAN = float("nan")
NEAREST = 7 * DAY
QUARTER = 90 * DAY  # the contract that quotes "the basis" is the one nearest to three months
BACKWARDATED = -1.0  # percent a year, and lower (canon B03)


@dataclass(frozen=True, slots=True)
class Dated:
    """One dated future: basis in percent a year, expiry in ms, and the observations behind them."""

    basis: float
    expiry: float
    refs: tuple[Thunk, ...]


def dated(desk: Desk, asset: str) -> Iterator[tuple[str, Dated]]:
    """(venue, contract) of the usable dated futures of an asset, each against its own index.

    Where a venue gives no mark, the last trade counts only of a contract that is traded: in a
    quiet one it can be hours old.
    """
    for row, inst in enumerate(desk.snapshot.instruments):
        if inst.kind != "future" or inst.base != asset:
            continue
        expiry = float(inst.label("expiry") or NAN)
        left = expiry - desk.now
        name = "mark" if desk.book.price(row, "mark") > 0 else "last"
        traded = desk.book.fresh(row, "quote_volume_24h") >= desk.market.min_turnover_usd
        price, index = desk.book.price(row, name), _index(desk, asset, row)
        if index is None or not (price > 0 and left >= NEAREST and (name == "mark" or traded)):
            continue
        basis = (price / index[0] - 1) * 365 * DAY / left * 100
        yield inst.venue, Dated(basis, expiry, (observed(desk.book, row, name), index[1]))


def _index(desk: Desk, asset: str, row: int) -> tuple[float, Thunk] | None:
    """The index that the future names, else that of the venue's perpetual in the same currency."""
    book, inst = desk.book, desk.book.instrument(row)
    perp = book.rows.get((inst.venue, "perp_linear"), {}).get(asset)
    same = perp is not None and book.instrument(perp).quote == inst.quote
    for at in (row, perp if same else None):
        if at is not None and (price := book.price(at, "index")) > 0:
            return price, observed(book, at, "index")
    return None


@draws("asset")
def curves(inputs: Inputs, desk: Desk, asset: str) -> None:
    """The dated futures of the first venue that has any, and the nearest one of every venue."""
    if "index" not in desk.snapshot.fields:
        return
    by_venue: dict[str, list[Dated]] = {}
    for venue, contract in dated(desk, asset):
        by_venue.setdefault(venue, []).append(contract)
    if not by_venue:
        return
    order = (*(v for v in desk.market.perp_venues if v in by_venue), *sorted(by_venue))
    curve = sorted(by_venue[order[0]], key=lambda d: d.expiry)
    refs = [t for d in curve for t in d.refs]
    inputs.scopes["futures"] = venue_name(order[0])
    inputs.put("curve_basis", np.array([d.basis for d in curve]), *refs)
    inputs.put("curve_expiry", np.array([d.expiry for d in curve]), *refs)
    fronts = {v: min(by_venue[v], key=lambda d: d.expiry) for v in dict.fromkeys(order)}
    inputs.scopes["futures_venues"] = listed([venue_name(v) for v in fronts])
    refs = [t for d in fronts.values() for t in d.refs]
    inputs.put("fronts", np.array([d.basis for d in fronts.values()]), *refs)


@metric("ms", venue="futures")
def futures_expiry(curve_expiry: Floats, now: float) -> float:
    """Expiry of the contract nearest to three months, with 7 days left at least."""
    return float(curve_expiry[_quarter(curve_expiry, now)])


@metric("days", venue="futures")
def futures_days_left(futures_expiry: float, now: float) -> float:
    """Days until then."""
    return (futures_expiry - now) / DAY


@metric("% a year", venue="futures")
def futures_basis(curve_basis: Floats, curve_expiry: Floats, now: float) -> float:
    """Annualised basis of that contract (canon B02)."""
    return float(curve_basis[_quarter(curve_expiry, now)])


def _quarter(expiry: Floats, now: float) -> int:
    return int(np.abs(expiry - now - QUARTER).argmin())


@metric("ms", venue="futures")
def futures_front_expiry(curve_expiry: Floats) -> float:
    """Expiry of the nearest contract with 7 days left at least."""
    return float(curve_expiry[0])


@metric("% a year", venue="futures")
def futures_front_basis(curve_basis: Floats) -> float:
    """Annualised basis of the nearest contract."""
    return float(curve_basis[0])


@metric("ms", venue="futures")
def futures_far_expiry(curve_expiry: Floats) -> float:
    """Expiry of the farthest contract; unknown when there is only one."""
    return float(curve_expiry[-1]) if len(curve_expiry) > 1 else NAN


@metric("% a year", venue="futures")
def futures_far_basis(curve_basis: Floats) -> float:
    """Annualised basis of the farthest contract; unknown when there is only one."""
    return float(curve_basis[-1]) if len(curve_basis) > 1 else NAN


@metric("% points a year", venue="futures")
def futures_slope(futures_far_basis: float, futures_front_basis: float) -> float:
    """Basis of the farthest less the nearest contract (canon B03)."""
    return futures_far_basis - futures_front_basis


@metric("venues", venue="futures_venues")
def futures_venues(fronts: Floats) -> float:
    """How many venues have a usable dated future of the asset."""
    return float(len(fronts))


@metric("venues", venue="futures_venues")
def futures_backwardated(fronts: Floats) -> float:
    """On how many of them the nearest one stands 1% a year or more under its index."""
    return float(np.count_nonzero(fronts <= BACKWARDATED))


@metric("% a year", venue="futures_venues")
def futures_front_highest(fronts: Floats) -> float:
    """The highest of the nearest contracts' basis over the venues that are 1% or more under."""
    under = fronts[fronts <= BACKWARDATED]
    return float(under.max()) if len(under) else NAN


@metric("% a year", venue="futures_venues")
def futures_front_lowest(fronts: Floats) -> float:
    """The lowest of the nearest contracts' basis."""
    return float(fronts.min()) if len(fronts) else NAN
