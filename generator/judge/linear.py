"""Whether linear inequalities can hold together, exactly, with numbers that show it.

Fourier-Motzkin elimination over fractions: complete for linear inequalities over the reals, small
enough to read, and its way back gives a solution. Conditions of rules have few variables.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

MOST_WORK = 30_000  # inequalities formed for one question


class Undecided(Exception):
    """More work than a question is worth: it is left open, never guessed."""


class Work:
    """Counts what is done for one question, so that none can run on; never a clock."""

    def __init__(self, most: int = MOST_WORK) -> None:
        self.done, self.most = 0, most

    def add(self, much: int = 1) -> None:
        self.done += much
        if self.done > self.most:
            raise Undecided


@dataclass(frozen=True, slots=True)
class Form:
    """A linear form: sum of coefficient x variable, plus a constant. No coefficient is zero."""

    terms: Mapping[str, Fraction]
    constant: Fraction

    @classmethod
    def of(cls, value: float) -> Form:
        return cls({}, Fraction(str(value)))

    @classmethod
    def variable(cls, name: str) -> Form:
        return cls({name: Fraction(1)}, Fraction(0))

    def plus(self, other: Form, times: Fraction = Fraction(1)) -> Form:
        terms = dict(self.terms)
        for name, by in other.terms.items():
            terms[name] = terms.get(name, Fraction(0)) + by * times
        kept = {n: c for n, c in terms.items() if c}
        return Form(kept, self.constant + other.constant * times)

    def times(self, by: Fraction) -> Form:
        return Form({}, Fraction(0)).plus(self, by)


@dataclass(frozen=True, slots=True)
class Inequality:
    """form >= 0, or form > 0 when strict."""

    form: Form
    strict: bool = False


Solution = dict[str, Fraction]
Step = tuple[str, list[Inequality]]


def solve(inequalities: Iterable[Inequality], work: Work) -> Solution | None:
    """Values of all variables under which every inequality holds; None when there are none.

    Raises Undecided when elimination takes more than `work` allows.
    """
    current = _tightest(inequalities, work)
    steps: list[Step] = []
    while current is not None:
        names = sorted({n for i in current for n in i.form.terms})
        if not names:
            return _back(steps)
        name = _cheapest(current, names)
        steps.append((name, [i for i in current if name in i.form.terms]))
        current = _tightest(_without(current, name), work)
    return None


def _cheapest(inequalities: list[Inequality], names: list[str]) -> str:
    return min(names, key=lambda n: (_cost(inequalities, n), n))


def _cost(inequalities: list[Inequality], name: str) -> int:
    signs = [i.form.terms[name] > 0 for i in inequalities if name in i.form.terms]
    return signs.count(True) * signs.count(False)


def _without(inequalities: list[Inequality], name: str) -> Iterable[Inequality]:
    above = [i for i in inequalities if i.form.terms.get(name, 0) > 0]
    below = [i for i in inequalities if i.form.terms.get(name, 0) < 0]
    yield from (i for i in inequalities if name not in i.form.terms)
    for a in above:
        for b in below:
            scaled = a.form.times(1 / a.form.terms[name])
            joined = scaled.plus(b.form, -1 / b.form.terms[name])
            yield Inequality(joined, a.strict or b.strict)


def _tightest(inequalities: Iterable[Inequality], work: Work) -> list[Inequality] | None:
    """One inequality for each direction; None when one without variables is false."""
    found: dict[tuple[tuple[str, Fraction], ...], Inequality] = {}
    for inequality in inequalities:
        work.add()
        form, strict = inequality.form, inequality.strict
        if not form.terms:
            if form.constant < 0 or (strict and form.constant == 0):
                return None
            continue
        first = min(form.terms)
        form = form.times(1 / abs(form.terms[first]))
        key = tuple(sorted(form.terms.items()))
        known = found.get(key)
        order = (form.constant, not strict)
        if known is None or order < (known.form.constant, not known.strict):
            found[key] = Inequality(form, strict)
    return list(found.values())


def _back(steps: list[Step]) -> Solution:
    """Values in the reverse order of elimination, each within the bounds that the rest leave."""
    values: Solution = {}
    for name, bounds in reversed(steps):
        low: tuple[Fraction, bool] | None = None
        high: tuple[Fraction, bool] | None = None
        for inequality in bounds:
            own = inequality.form.terms[name]
            rest = inequality.form.constant
            for other, by in inequality.form.terms.items():
                rest += by * values.setdefault(other, Fraction(1)) if other != name else 0
            edge = (-rest / own, inequality.strict)
            if own > 0:
                low = edge if low is None else max(low, edge)
            else:
                high = (
                    edge
                    if high is None or (edge[0], not edge[1]) < (high[0], not high[1])
                    else high
                )
        values[name] = _between(low, high)
    return values


def _between(low: tuple[Fraction, bool] | None, high: tuple[Fraction, bool] | None) -> Fraction:
    """A plain number well inside the bounds, so that rounding to a float does not leave them."""
    bottom = low[0] if low else None
    top = high[0] if high else None
    if bottom is not None and bottom == top:
        return bottom
    wanted = [Fraction(1)]
    if bottom is not None:
        wanted += [Fraction(math.floor(bottom) + 1), bottom + 1]
    if top is not None:
        wanted += [Fraction(math.ceil(top) - 1), top - 1]
    for value in wanted:
        if (bottom is None or value > bottom) and (top is None or value < top):
            return value
    assert bottom is not None
    assert top is not None
    return (bottom + top) / 2
