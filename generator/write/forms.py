"""How a language writes numbers, sums, moments, windows, lists and venues, from its `words.yaml`.

The one place of number grammar: filters print by it and the checker reads by it. It is plain data
rather than calls of a library, because a note prints a hundred numbers; tests hold the data
against the Unicode locale data (CLDR) that Babel carries.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from generator.errors import TemplateError
from generator.measure.venues import NAMES

CLDR = "cldr"  # plural categories that a list of whole numbers cannot tell
ENGLISH = {" perpetuals": "perpetuals", " spot": "spot", " futures": "futures"}
KNOWN_VALUE = " with a known market value"
MARKETS = frozenset(NAMES.values())
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Affix:
    """What stands before and after the digits, by plural category where that makes a difference."""

    other: tuple[str, str]
    forms: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, raw: Any) -> Affix:
        found = raw if isinstance(raw, Mapping) else {"other": raw}
        halves = {str(k): tuple(str(v).split("{n}")) for k, v in found.items()}
        if "other" not in halves or any(len(h) != 2 for h in halves.values()):
            raise ValueError(f"{raw!r}: {{n}} stands for the digits, once in every form")
        other = halves.pop("other")
        return cls((other[0], other[1]), {k: (h[0], h[1]) for k, h in halves.items()})


@dataclass(frozen=True, slots=True)
class Sum:
    """A size of sums: from which value on, what it is divided by, and how it is printed."""

    least: float
    scale: float
    decimals: int
    text: Affix


@dataclass(frozen=True)
class Forms:
    """A language's forms. The signs are single characters; texts hold {n} for the digits."""

    lang: str
    decimal: str
    group: str
    affixes: Mapping[str, Affix]
    sums: tuple[Sum, ...]  # the largest first
    units: Mapping[str, Affix]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    moments: Mapping[str, str]
    between: str
    last: str
    category: Callable[[float], str]
    scopes: Mapping[str, str]
    venues: Mapping[str, str]
    themes: Mapping[str, str]
    house: Mapping[str, str]
    coin: str
    wordiness: float  # words that say what one English word says
    tight: bool

    @classmethod
    def of(cls, words: Mapping[str, Any], lang: str = "") -> Forms:
        """From the plain data of words.yaml; TemplateError naming what is missing or amiss."""
        try:
            return _forms(words, lang)
        except KeyError as error:
            what = f"lacks {error} under `forms`, or beside it"
            raise TemplateError(f"{lang}/words.yaml", what, "see the shipped file") from None
        except (TypeError, ValueError, AttributeError) as error:
            what = f"`forms` has another shape than expected ({error})"
            raise TemplateError(f"{lang}/words.yaml", what, "see the shipped file") from None

    def number(self, value: float, decimals: int) -> str:
        """Digits without a sign: `1,234.5`, `1.234,5`."""
        digits = f"{abs(value):,.{decimals}f}"
        if self.decimal == "." and self.group == ",":
            return digits
        return digits.translate({44: self.group, 46: self.decimal})

    def value(self, digits: str) -> float:
        """The value of digits as `number` prints them; ValueError for anything else."""
        whole, _, rest = digits.partition(self.decimal)
        groups = whole.split(self.group) if self.group else [whole]
        if any(len(g) != 3 for g in groups[1:]) or not all(g.isdecimal() for g in groups):
            raise ValueError(f"{digits!r} is no number in {self.lang}")
        return float(f"{''.join(groups)}.{rest or '0'}")

    def plural(self, value: float) -> str:
        """The plural category of a whole number."""
        return self.category(round(abs(value)))

    def told(self, affix: Affix, digits: str, sign: str, value: float, decimals: int = 0) -> str:
        """Digits in a form, sign first. value: what they stand for, which may decide the form."""
        head, tail = affix.other
        if affix.forms and decimals == 0:
            head, tail = affix.forms.get(self.category(round(abs(value))), affix.other)
        return f"{sign}{head}{digits}{tail}"

    def sized(self, value: float) -> Sum:
        """The size of a sum; one that would be rounded up to the next size belongs to it."""
        size = abs(value)
        return next((s for s in self.sums if size >= s.least * 0.9995), self.sums[-1])

    def span(self, number: str, unit: str) -> str:
        """A window or an interval: `24 h`, `7 days`."""
        affix = self.units.get(unit)
        if affix is None:
            return f"{number} {unit}"
        return self.told(affix, number, "", float(number))

    def moment(self, form: str, at: datetime) -> str:
        """clock, day or date of a moment in UTC."""
        return self.moments[form].format(
            hour=f"{at.hour:02d}",
            minute=f"{at.minute:02d}",
            day=at.day,
            month=self.months[at.month - 1],
            year=at.year,
        )

    def listed(self, names: Sequence[str]) -> str:
        """Names as a text lists them: `Binance, Bybit and OKX`; empty for none."""
        if len(names) < 2:
            return "".join(names)
        return self.between.join(names[:-1]) + self.last + names[-1]

    def scope(self, text: str) -> str:
        """A metric's scope (`Binance spot`, `Binance, Bybit and OKX`) in this language.

        What is no venue, market or list of them, such as an event's name, stays as it is.
        """
        if not self.scopes or not text:
            return text
        if text in self.scopes:
            return self.scopes[text]
        if text.endswith(KNOWN_VALUE):
            inner = self.scope(text.removesuffix(KNOWN_VALUE))
            return self.scopes["known value"].replace("{n}", inner)
        parts = re.split(r", | and ", text)
        told = [self._market(p) for p in parts]
        return self.listed(told) if all(told) else text

    def extent(self, text: str) -> int:
        """How long a text is, in words of English: room is the same in every language."""
        return math.ceil(words(text) / self.wordiness)

    def named(self, venues: Iterable[str]) -> list[str]:
        """Venues' names in this language, in alphabetical order."""
        return sorted({self.venues.get(v, v) for v in venues})

    def sources(self, text: str) -> str:
        """A list of sources (`Binance futures, CoinGecko and OKX`) in this language."""
        if not self.scopes or not text:
            return text
        return self.listed([self._market(p) or p for p in re.split(r", | and ", text)])

    def _market(self, text: str) -> str:
        """A venue, or a venue with its kind of market; empty for anything else."""
        for ending, kind in ENGLISH.items():
            venue = text.removesuffix(ending)
            if venue != text and venue in MARKETS:
                return self.scopes[kind].replace("{n}", self.venues.get(venue, venue))
        return self.venues.get(text, text) if text in MARKETS else ""


SHORT = "money_short"  # of a price where every character counts
AFFIXES = ("percent", "points", "bp", "times", "money")
MOMENTS = ("clock", "day", "date")


def _forms(words: Mapping[str, Any], lang: str) -> Forms:
    raw = words["forms"]
    sums = [
        Sum(float(s["from"]), float(s["scale"]), int(s["decimals"]), Affix.of(s["text"]))
        for s in raw["sums"]
    ]
    money = Affix.of(raw["money"])
    months, weekdays = tuple(map(str, words["months"])), tuple(map(str, words["weekdays"]))
    if len(months) != 12 or len(weekdays) != 7:
        raise ValueError("there are twelve months and seven weekdays")
    return Forms(
        lang=lang,
        decimal=str(raw["decimal"]),
        group=str(raw["group"]),
        affixes={n: Affix.of(raw[n]) for n in AFFIXES}
        | {SHORT: Affix.of(raw.get(SHORT, raw["money"]))},
        sums=(*sorted(sums, key=lambda s: -s.least), Sum(0.0, 1.0, 0, money)),
        units={str(k): Affix.of(v) for k, v in raw["units"].items()},
        months=months,
        weekdays=weekdays,
        moments={name: str(raw[name]) for name in MOMENTS},
        between=str(raw["list"]["between"]),
        last=str(raw["list"]["last"]),
        category=_categories(raw.get("plurals") or {}, lang),
        scopes={str(k): str(v) for k, v in (words.get("scopes") or {}).items()},
        venues={str(k): str(v) for k, v in (words.get("venues") or {}).items()},
        themes={str(k): str(v) for k, v in (words.get("themes") or {}).items()},
        house={str(k): str(v) for k, v in (words.get("house") or {}).items()},
        coin=str(words["coin"]),
        wordiness=float(words.get("wordiness", 1.0)),
        tight=bool(raw.get("tight", False)),
    )


def _categories(raw: Any, lang: str) -> Callable[[float], str]:
    """Plural categories: by the whole numbers listed for each, or by CLDR's own rules."""
    if raw == CLDR:
        return _by_cldr(lang)
    of = {int(n): str(name) for name, numbers in raw.items() for n in numbers}
    return lambda value: of.get(int(value), "other")


def _by_cldr(lang: str) -> Callable[[float], str]:
    def category(value: float) -> str:
        try:
            from babel import Locale
        except ImportError:
            raise TemplateError(
                f"{lang}/words.yaml",
                "takes its plurals from CLDR, and Babel is not installed",
                "pip install 'commentary[languages]', or list the numbers of each form",
            ) from None
        return str(Locale.parse(lang).plural_form(int(value)))

    return category


def words(text: str) -> int:
    """Words of a text; of Chinese, which has no spaces, two characters count as one."""
    wide = len(_CHINESE.findall(text))
    return len(_CHINESE.sub(" ", text).split()) + (wide + 1) // 2
