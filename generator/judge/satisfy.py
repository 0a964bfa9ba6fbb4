"""Whether conditions can hold together for one subject: proven apart, or values that show it.

A condition becomes linear inequalities joined by and/or; `abs`, `min`, `max`, `sign` and if-else
split into cases. What is not linear (a product of metrics, a look into the past) stands for any
number in a proof, so that "apart" is never claimed wrongly. A witness is looked for in a market
that stands still: there a mean is the value and a change is zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from generator.judge.linear import Form, Inequality, Solution, Work, solve
from generator.judge.nodes import MetricInfo, Node, Scope

OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    parts: tuple[Formula, ...]


Formula = All | Any_ | Inequality
TRUE, FALSE = All(()), Any_(())
Cases = list[tuple[Formula, Form]]  # under each formula, the number is this form


def variable(metric: str, subject: str) -> str:
    return f"{metric}\t{subject}"


@dataclass(eq=False)
class Reading:
    """Conditions of one subject read as inequalities.

    steady: the market stands still; else what looks back may be any number. variables collects
    the metrics met, as `variable` names them.
    """

    subject: str
    catalog: Mapping[str, MetricInfo]
    work: Work
    steady: bool = False
    variables: set[str] = field(default_factory=set)

    # -------------------------------------------------- conditions

    def holds(self, node: Node, truth: bool = True) -> Formula:
        """The formula under which a condition is true (or false, which is not: not known)."""
        self.work.add()
        if node.op == "cmp":
            sign = node.value if truth else OPPOSITE[node.value]
            return self._compared(node.args[0], node.args[1], sign)
        if node.op == "known":
            return TRUE if truth else FALSE
        if node.op == "not":
            return self.holds(node.args[0], not truth)
        if node.op == "if":
            test, yes, no = node.args
            on = All((self.holds(test), self.holds(yes, truth)))
            return Any_((on, All((self.holds(test, False), self.holds(no, truth)))))
        parts = tuple(self.holds(a, truth) for a in node.args)
        return All(parts) if (node.op == "and") == truth else Any_(parts)

    def _compared(self, left: Node, right: Node, sign: str) -> Formula:
        if left.op == "mul" and right.op == "const" and right.value == 0:
            return self._signs(left, right, sign)
        cases = []
        for (when, a), (also, b) in product(self.number(left), self.number(right)):
            self.work.add()
            more, less = a.plus(b, Fraction(-1)), b.plus(a, Fraction(-1))
            options: dict[str, Formula] = {
                ">": Inequality(more, True),
                ">=": Inequality(more),
                "<": Inequality(less, True),
                "<=": Inequality(less),
                "==": All((Inequality(more), Inequality(less))),
                "!=": Any_((Inequality(more, True), Inequality(less, True))),
            }
            cases.append(All((when, also, options[sign])))
        return cases[0] if len(cases) == 1 else Any_(tuple(cases))

    def _signs(self, product_: Node, zero: Node, sign: str) -> Formula:
        """A product against zero: the signs of its factors say all."""
        a, b = product_.args

        def both(one: str, other: str) -> Formula:
            return All((self._compared(a, zero, one), self._compared(b, zero, other)))

        if sign in {"==", "!="}:
            either = (self._compared(a, zero, sign), self._compared(b, zero, sign))
            return Any_(either) if sign == "==" else All(either)
        same, back = sign, {"<": ">", ">": "<", "<=": ">=", ">=": "<="}[sign]
        if sign in {">", ">="}:
            return Any_((both(same, same), both(back, back)))
        return Any_((both(same, back), both(back, same)))

    # -------------------------------------------------- numbers

    def number(self, node: Node) -> Cases:
        """A number by cases; no case at all when it can never be known."""
        self.work.add()
        if node.op == "const":
            value = float(node.value)
            return [(TRUE, Form.of(value))] if math.isfinite(value) else []
        if node.op == "metric":
            return [(TRUE, Form.variable(self._named(*node.value)))]
        read = _READ.get(node.op)
        return read(self, node) if read else self.free(node)

    def _named(self, metric: str, where: str) -> str:
        subject = where or self.subject
        if where in {"left", "right"}:
            left, _, right = self.subject.partition("/")
            subject = left if where == "left" else right
        name = variable(metric, subject)
        self.variables.add(name)
        return name

    def free(self, node: Node) -> Cases:
        """Any number within what the operation can give; in a steady market, nothing is known."""
        if self.steady:
            return []
        form = Form.variable(f"{id(node)}\t{self.subject if node.axis == 'subject' else ''}\tfree")
        low, high = _RANGE.get(node.op, (None, None))
        bounds: list[Formula] = []
        if low is not None:
            bounds.append(Inequality(form.plus(Form.of(-low))))
        if high is not None:
            bounds.append(Inequality(Form.of(high).plus(form, Fraction(-1))))
        return [(All(tuple(bounds)), form)]

    def pairs(self, node: Node) -> Iterator[tuple[Formula, Form, Form]]:
        for (when, a), (also, b) in product(self.number(node.args[0]), self.number(node.args[1])):
            self.work.add()
            yield All((when, also)), a, b


_RANGE: Mapping[str, tuple[float | None, float | None]] = {
    "std": (0, None),
    "pctile": (0, 100),
    "rank_pct": (0, 100),
    "rank": (1, None),
    "share": (0, 1),
    "share_time": (0, 1),
    "count_if": (0, None),
    "count_if_time": (0, None),
}


def _add(r: Reading, node: Node) -> Cases:
    by = Fraction(1 if node.op == "add" else -1)
    return [(when, a.plus(b, by)) for when, a, b in r.pairs(node)]


def _mul(r: Reading, node: Node) -> Cases:
    found = []
    for when, a, b in r.pairs(node):
        if a.terms and b.terms:
            return r.free(node)
        found.append((when, b.times(a.constant) if not a.terms else a.times(b.constant)))
    return found


def _div(r: Reading, node: Node) -> Cases:
    found = []
    for when, a, b in r.pairs(node):
        if b.terms:
            return r.free(node)
        if b.constant:
            found.append((when, a.times(1 / b.constant)))
    return found


def _neg(r: Reading, node: Node) -> Cases:
    return [(when, a.times(Fraction(-1))) for when, a in r.number(node.args[0])]


def _abs(r: Reading, node: Node) -> Cases:
    found: Cases = []
    for when, a in r.number(node.args[0]):
        minus = a.times(Fraction(-1))
        found += [(All((when, Inequality(a))), a), (All((when, Inequality(minus, True))), minus)]
    return found


def _sign(r: Reading, node: Node) -> Cases:
    found: Cases = []
    for when, a in r.number(node.args[0]):
        minus = a.times(Fraction(-1))
        found.append((All((when, Inequality(a, True))), Form.of(1)))
        found.append((All((when, Inequality(minus, True))), Form.of(-1)))
        found.append((All((when, Inequality(a), Inequality(minus))), Form.of(0)))
    return found


def _extreme(r: Reading, node: Node) -> Cases:
    found: Cases = []
    for chosen in product(*(r.number(a) for a in node.args)):
        r.work.add(len(chosen))
        for _, form in chosen:
            order = [
                f.plus(form, Fraction(-1)) if node.op == "min" else form.plus(f, Fraction(-1))
                for _, f in chosen
            ]
            found.append((All((*(w for w, _ in chosen), *map(Inequality, order))), form))
    return found


def _if(r: Reading, node: Node) -> Cases:
    test, yes, no = node.args
    found: Cases = [(All((r.holds(test), w)), f) for w, f in r.number(yes)]
    return found + [(All((r.holds(test, False), w)), f) for w, f in r.number(no)]


def _still(value: float | None) -> Callable[[Reading, Node], Cases]:
    """What looks back: any number in a proof; in a steady market its argument, or this value."""

    def read(r: Reading, node: Node) -> Cases:
        inner = r.number(node.args[0])  # its metrics are needed, whatever it is worth
        if not r.steady:
            return r.free(node)
        return inner if value is None else [(when, Form.of(value)) for when, _ in inner]

    return read


def _share_time(r: Reading, node: Node) -> Cases:
    yes, no = r.holds(node.args[0]), r.holds(node.args[0], False)
    return [(yes, Form.of(1)), (no, Form.of(0))] if r.steady else r.free(node)


_READ: Mapping[str, Callable[[Reading, Node], Cases]] = {
    "add": _add,
    "sub": _add,
    "mul": _mul,
    "div": _div,
    "neg": _neg,
    "abs": _abs,
    "sign": _sign,
    "min": _extreme,
    "max": _extreme,
    "if": _if,
    "share_time": _share_time,
    **dict.fromkeys(("lag", "mean", "rolling_min", "rolling_max"), _still(None)),
    "change": _still(0),
    "pct_change": _still(0),
    "std": _still(0),
    "pctile": _still(50),
}


# ---------------------------------------------------------------- searching


def satisfy(formulas: Sequence[Formula], work: Work) -> Solution | None:
    """Values under which all formulas hold, or None where there are none.

    Raises Undecided when that takes more than `work` allows.
    """
    return _search(list(formulas), [], work)


def _search(pending: list[Formula], known: list[Inequality], work: Work) -> Solution | None:
    known, choices = list(known), list[Any_]()
    while pending:
        work.add()  # formulas share parts: walking them all can cost more than building them did
        formula = pending.pop()
        if isinstance(formula, All):
            pending += formula.parts
        elif isinstance(formula, Inequality):
            known.append(formula)
        elif len(formula.parts) == 1:
            pending.append(formula.parts[0])
        else:
            choices.append(formula)
    found = solve(known, work)
    if found is None or not choices:
        return found
    first = min(range(len(choices)), key=lambda i: len(choices[i].parts))
    rest: list[Formula] = [c for i, c in enumerate(choices) if i != first]
    for part in choices[first].parts:
        found = _search([*rest, part], known, work)
        if found is not None:
            return found
    return None


def domain(reading: Reading, facts: Mapping[Scope, Iterable[Node]]) -> list[Formula]:
    """What holds of the metrics met, and of those tied to them, by definition."""
    found: list[Formula] = []
    seen: set[str] = set()
    used: set[tuple[int, str]] = set()
    while new := sorted(reading.variables - seen):
        for name in new:
            seen.add(name)
            metric, subject = name.split("\t")
            found += _in_its_unit(name, reading.catalog[metric].unit)
            found += _tied(reading, facts, subject, used)
    return found


def _tied(
    reading: Reading,
    facts: Mapping[Scope, Iterable[Node]],
    subject: str,
    used: set[tuple[int, str]],
) -> Iterator[Formula]:
    scope: Scope = "pair" if "/" in subject else "market" if subject == "MARKET" else "asset"
    for fact in facts.get(scope, ()):
        if (id(fact), subject) in used:
            continue
        inner = Reading(subject, reading.catalog, reading.work)
        formula = inner.holds(fact)
        if inner.variables & reading.variables:
            used.add((id(fact), subject))
            reading.variables |= inner.variables
            yield formula


def _in_its_unit(name: str, unit: str) -> list[Formula]:
    form = Form.variable(name)
    if unit == "percentile":
        return [Inequality(form), Inequality(Form.of(100).plus(form, Fraction(-1)))]
    if unit == "flag":
        zero = All((Inequality(form), Inequality(form.times(Fraction(-1)))))
        less = form.plus(Form.of(-1))
        return [Any_((All((Inequality(less), Inequality(less.times(Fraction(-1))))), zero))]
    return []
