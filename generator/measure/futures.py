"""Dated futures: what they trade above or below their index, as a rate a year (canon B02, B03).

Per contract b = (F / S - 1) x 365 / days to expiry, F the future's mark (else last) price, S the
index of the same venue, else that venue's spot price. Contracts with less than 7 days left are
left out: a few basis points a week before expiry read as ten percent a year. `curve_*` are the
contracts of one venue, `fronts` the nearest contract of every venue; percent a year, ms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from generator.measure.inputs import Desk, Inputs, Thunk, draws, observed
from generator.measure.registry import metric
from generator.measure.venues import QUOTES, listed, venue_name
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


def dated(desk: Desk, venue: str, asset: str) -> Iterator[Dated]:
    """The usable dated futures of an asset on a venue, each against that venue's own index."""
    for row, inst in enumerate(desk.snapshot.instruments):
        if inst.venue != venue or inst.kind != "future" or inst.base != asset:
            continue
        expiry = float(inst.label("expiry") or NAN)
        left = expiry - desk.now
        price = next((n for n in ("mark", "last") if desk.book.price(row, n) > 0), None)
        reference = _reference(desk, venue, asset, row)
        if price is None or reference is None or not left >= NEAREST:
            continue
        spot, seen = reference
        basis = (desk.book.price(row, price) / spot - 1) * 365 * DAY / left * 100
        yield Dated(basis, expiry, (observed(desk.book, row, price), seen))


def _reference(desk: Desk, venue: str, asset: str, row: int) -> tuple[float, Thunk] | None:
    """The index the future itself names, that of the venue's perpetual, or the venue's spot.

    A future in dollars is not held against a price in USDT, nor the other way round.
    """
    book, quote = desk.book, desk.book.instrument(row).quote
    places = [(row, "index")]
    for kind, name in (("perp_linear", "index"), ("spot", "last")):
        for of in (venue, SPOT_OF.get(venue, venue)):
            found = book.rows.get((of, kind), {}).get(asset)
            if found is not None and _dollars(book.instrument(found).quote) == _dollars(quote):
                places.append((found, name))
    for at, name in places:
        if name in desk.snapshot.fields and (price := book.price(at, name)) > 0:
            return price, observed(book, at, name)
    return None


SPOT_OF = {"binanceusdm": "binance"}


def _dollars(quote: str) -> str:
    return quote if quote in QUOTES else "USD"


@draws("asset")
def curves(inputs: Inputs, desk: Desk, asset: str) -> None:
    """The dated futures of the first venue that has any, and the nearest one of every venue."""
    venues = dict.fromkeys(
        (*desk.market.perp_venues, *(i.venue for i in desk.snapshot.instruments))
    )
    fronts: list[tuple[str, Dated]] = []
    for venue in venues:
        found = sorted(dated(desk, venue, asset), key=lambda d: d.expiry)
        if not found:
            continue
        if not fronts:
            inputs.scopes["futures"] = venue_name(venue)
            refs = [t for d in found for t in d.refs]
            inputs.put("curve_basis", np.array([d.basis for d in found]), *refs)
            inputs.put("curve_expiry", np.array([d.expiry for d in found]), *refs)
        fronts.append((venue, found[0]))
    if fronts:
        inputs.scopes["futures_venues"] = listed([venue_name(v) for v, _ in fronts])
        refs = [t for _, d in fronts for t in d.refs]
        inputs.put("fronts", np.array([d.basis for _, d in fronts]), *refs)


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
    """On how many of them the nearest one stands 1% a year or more under its reference."""
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
