"""Numbers on their way into text: a Quantity can only be printed through a filter that traces it.

A filter gives the text wrapped in private marks; `marks.read` turns the marks into spans. A
Quantity that is printed without a filter raises, so no number can reach a reader untraced.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn

from generator.errors import TemplateError
from generator.model import NumberTrace, SourceRef
from generator.write import marks
from generator.write.forms import SHORT, Forms


@dataclass(frozen=True, eq=False)
class Quantity:
    """One number with its unit, scope and window; sources are looked up only when printed."""

    metric: str
    subject: str
    value: float
    unit: str
    rule: str
    scope: str = ""
    window: str = ""
    sources: Callable[[], tuple[SourceRef, ...]] = tuple

    def __str__(self) -> NoReturn:
        raise TemplateError(
            self.rule, f"{self.metric} was printed without a filter", "write e.g. {{ x | percent }}"
        )

    __html__ = __repr__ = __format__ = __str__  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return True

    def _number(self, other: object) -> float:
        value = other.value if isinstance(other, Quantity) else other
        if not isinstance(value, (int, float)):
            raise TemplateError(self.rule, f"{self.metric} was compared with text", "use a number")
        return float(value)

    def __lt__(self, other: object) -> bool:
        return self.value < self._number(other)

    def __le__(self, other: object) -> bool:
        return self.value <= self._number(other)

    def __gt__(self, other: object) -> bool:
        return self.value > self._number(other)

    def __ge__(self, other: object) -> bool:
        return self.value >= self._number(other)

    def __eq__(self, other: object) -> bool:
        return self.value == self._number(other)

    def __hash__(self) -> int:
        return hash((self.metric, self.subject))


Printed = tuple[Quantity, str, float, int, str]  # as text; scale, decimals and unit of printing


@dataclass
class Recorder:
    """Collects what was printed while one text is composed, in the forms of its language."""

    words: Mapping[str, Any]
    forms: Forms
    printed: list[Printed] = field(default_factory=list)

    def mark(
        self, q: Quantity, text: str, *, scale: float = 1.0, decimals: int = -1, unit: str = ""
    ) -> str:
        """Wrap text in marks and remember what stands behind it."""
        self.printed.append((q, text, scale, decimals, unit or q.unit))
        return marks.number(len(self.printed) - 1, text)

    def trace(self, index: int, start: int, end: int) -> NumberTrace:
        """What stands behind a number that was left in the text, at its place there."""
        q, text, scale, decimals, unit = self.printed[index]
        return NumberTrace(
            segment=0,
            start=start,
            end=end,
            text=text,
            metric=q.metric,
            subject=q.subject,
            value=q.value,
            unit=unit,
            scale=scale,
            decimals=decimals,
            rule=q.rule,
            sources=q.sources(),
        )

    # ---- numbers

    def plain(self, q: Quantity, scale: float, decimals: int, *, sign: bool, form: str = "") -> str:
        value = _known(q) / scale
        text = self.forms.number(value, decimals)
        lead = ""
        if sign and any(c in "123456789" for c in text):  # a zero has no sign
            lead = "-" if value < 0 else "+"
        text = (
            self.forms.told(self.forms.affixes[form], text, lead, value, decimals)
            if form
            else lead + text
        )
        return self.mark(q, text, scale=scale, decimals=decimals)

    def percent(self, q: Quantity, decimals: int = 1) -> str:
        """Unsigned percent: the verb beside it carries the direction."""
        enough = _enough(_known(q) / _share(q), decimals)
        return self.plain(q, _share(q), enough, sign=False, form="percent")

    def signed(self, q: Quantity, decimals: int = 1) -> str:
        """Percent with its sign."""
        return self.plain(q, _share(q), decimals, sign=True, form="percent")

    def share(self, q: Quantity) -> str:
        """A share as whole percent."""
        return self.plain(q, _share(q), 0, sign=False, form="percent")

    def rate(self, q: Quantity) -> str:
        """A funding rate: four decimals, signed, with its unit."""
        return self.plain(q, 1.0, 4, sign=True, form="percent")

    def per(self, q: Quantity) -> str:
        """The interval a rate is quoted per, from its unit: `8 h`."""
        number, _, unit = q.unit.rpartition("per ")[2].partition(" ")
        return self._span(q, number, unit)

    def points(self, q: Quantity) -> str:
        """Unsigned percentage points."""
        return self.plain(q, 1.0, 1, sign=False, form="points")

    def bp(self, q: Quantity) -> str:
        """Unsigned basis points."""
        return self.plain(q, 1.0, 1, sign=False, form="bp")

    def times(self, q: Quantity) -> str:
        """A multiple."""
        return self.plain(q, 1.0, 2 if _known(q) < 1 else 1, sign=False, form="times")

    def count(self, q: Quantity) -> str:
        """A whole number."""
        return self.plain(q, 1.0, 0, sign=False)

    def plural(self, q: Quantity, one: str, other: str, few: str = "", many: str = "") -> str:
        """The word that belongs to a whole number (`f.days | plural('day', 'days')`), or to the
        hour of a moment: one o'clock has another article in Spanish."""
        chosen = {"one": one, "few": few, "many": many}
        value = self._at(q).hour if q.unit == "ms" else _known(q)
        return chosen.get(self.forms.plural(value)) or other

    def decimal(self, q: Quantity, decimals: int = 2) -> str:
        """A bare number: no verb beside it tells its direction, so a minus stays."""
        return self.plain(q, 1.0, decimals, sign=_known(q) < 0)

    def level(self, q: Quantity) -> str:
        """A cross rate such as ETH/BTC: four significant digits."""
        return self.plain(q, 1.0, _significant(_known(q), 4), sign=False)

    def money(self, q: Quantity, short: bool = False) -> str:
        """A price: whole dollars from ten thousand, else to four significant digits at least.
        short: in the language's short form, for posts."""
        value = abs(_known(q))
        decimals = 0 if value >= 10_000 else 2 if value >= 1 else _significant(value, 4)
        return self._dollars(q, value, decimals, SHORT if short else "money")

    def exact(self, q: Quantity) -> str:
        """A price that something is held against: its own cents, never rounded past it."""
        value = abs(_known(q))
        decimals = 0 if value == int(value) else 2 if value >= 100 else _significant(value, 6)
        return self._dollars(q, value, decimals)

    def _dollars(self, q: Quantity, value: float, decimals: int, form: str = "money") -> str:
        digits, money = self.forms.number(value, decimals), self.forms.affixes[form]
        return self.mark(q, self.forms.told(money, digits, "", value, decimals), decimals=decimals)

    def large(self, q: Quantity) -> str:
        """A large sum in dollars, in the sizes of the language: bn, m or k."""
        return self._sum(q)

    def cut(self, q: Quantity) -> str:
        """A round sum such as a filter's floor, without decimals."""
        return self._sum(q, 0)

    def _sum(self, q: Quantity, decimals: int = -1) -> str:
        size = self.forms.sized(_known(q))
        value, decimals = q.value / size.scale, size.decimals if decimals < 0 else decimals
        digits, sign = self.forms.number(value, decimals), "-" if value < 0 else ""
        text = self.forms.told(size.text, digits, sign, value, decimals)
        return self.mark(q, text, scale=size.scale, decimals=decimals)

    def coins(self, q: Quantity) -> str:
        """An amount of coins."""
        return self.plain(q, 1.0, 0, sign=False)

    # ---- time

    def _at(self, q: Quantity) -> datetime:
        return datetime.fromtimestamp(_known(q) / 1000, UTC)

    def clock(self, q: Quantity) -> str:
        """`13:00` (UTC; the template names the zone)."""
        return self.mark(q, self.forms.moment("clock", self._at(q)), unit="ms")

    def day(self, q: Quantity) -> str:
        """`25 June`."""
        return self.mark(q, self.forms.moment("day", self._at(q)), unit="ms")

    def date(self, q: Quantity) -> str:
        """`17 September 2024`."""
        return self.mark(q, self.forms.moment("date", self._at(q)), unit="ms")

    def weekday(self, q: Quantity) -> str:
        return self.forms.weekdays[self._at(q).weekday()]

    def window(self, q: Quantity) -> str:
        """The metric's own window as text, from its definition: `24 h`."""
        number, _, unit = q.window.partition(" ")
        return self._span(q, number, unit) if unit else q.window

    def _span(self, q: Quantity, number: str, unit: str) -> str:
        label = Quantity(f"window:{_base(q)}", q.subject, float(number), unit, q.rule)
        return self.mark(label, self.forms.span(number, unit), decimals=0)


def _known(q: Quantity) -> float:
    if not isinstance(q, Quantity):
        raise TemplateError("template", "a filter for numbers was given text", "give it a metric")
    if not math.isfinite(q.value):
        raise TemplateError(q.rule, f"{q.metric} is unknown", "test it with `is defined` first")
    return q.value


def _base(q: Quantity) -> str:
    """The metric whose window or unit a trigger has, too."""
    return q.metric.removeprefix("trigger:")


def _share(q: Quantity) -> float:
    return 0.01 if q.unit == "share" else 1.0


def _enough(value: float, decimals: int) -> int:
    """One more decimal where a move would otherwise print as zero."""
    return decimals if abs(value) >= 0.05 or value == 0 else decimals + 1


def _significant(value: float, digits: int) -> int:
    if value == 0:
        return 2
    return max(0, min(12, digits - 1 - math.floor(math.log10(abs(value)))))


FILTERS = (
    "percent",
    "signed",
    "share",
    "rate",
    "per",
    "points",
    "bp",
    "times",
    "count",
    "plural",
    "decimal",
    "level",
    "money",
    "exact",
    "large",
    "cut",
    "coins",
    "clock",
    "day",
    "date",
    "weekday",
    "window",
)
