"""Numbers as a text prints them: digits of a language's form, its suffixes, and number words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from generator.write.check.facts import SMALL, Fact
from generator.write.check.known import Known
from generator.write.check.lexicon import Lexicon
from generator.write.check.numbers import ABOUT

MINUS = ("-", "−", "–")


@dataclass(frozen=True, slots=True)
class Printed:
    """One number of a text: its word, sign (0 where none is printed), and what it may be of.

    value is the magnitude as printed, half the most that rounding can have taken from it.
    scales: kind of unit -> what one printed unit is worth in it. exact is False of words such as
    "half", which hold about.
    """

    word: str
    value: float
    half: float
    sign: int
    scales: dict[str, float]
    suffix: str = ""

    def candidates(self, known: Known) -> list[Fact]:
        """The facts that print so, at this rounding, unit and sign."""
        found = []
        for kind, scale in self.scales.items():
            room = self.half + SMALL**2 * self.value
            least, most = (self.value - room) * scale, (self.value + room) * scale
            for fact in known.near(kind, least, most):
                if "bp" in self.scales and fact.kind == "%" and fact.of_a_whole:
                    continue  # a rank is told in per cent
                if not self.sign or self.sign * fact.value >= 0:
                    found.append(fact)
        return found

    def reads(self, fact: Fact) -> str:
        """How a fact would be printed here."""
        scale = self.scales.get(fact.kind, 1.0)
        decimals = max(0, round(-math.log10(2 * self.half))) if self.half else 0
        sign = "-" if self.sign and fact.value < 0 else ""
        return f"{sign}{abs(fact.value) / scale:,.{decimals}f}"


def printed(lexicon: Lexicon, low: str, start: int, end: int) -> Printed | None:
    """The number that stands at a span of a folded text; None where it is none that can be read."""
    word = low[start:end]
    if not word[0].isdigit():
        number = _worded(lexicon, word)
        suffix = lexicon.numerals.suffix.match(low, end, end + 28)
        kind = lexicon.numerals.suffixes[suffix[1]] if suffix else 0.0
        if number is None or kind >= 0 or number.half > SMALL:
            return number
        half = 0.5 * (1 + SMALL)  # `five percent`
        return Printed(
            word, number.value, half, 0, _scales(kind, False), suffix[1] if suffix else ""
        )
    value, decimals = lexicon.numerals.read(word)
    if math.isnan(value):
        return None
    suffix = lexicon.numerals.suffix.match(low, end, end + 28)
    kind = lexicon.numerals.suffixes[suffix[1]] if suffix else 0.0
    before = low[max(0, start - 4) : start]
    front = lexicon.numerals.money.search(before)
    money = front is not None or bool(
        lexicon.numerals.money_after.match(low, suffix.end() if suffix else end)
    )
    sign = sign_of(before[: front.start()] if front else before)
    half = 0.5 * 10.0**-decimals * (1 + SMALL)
    return Printed(word, value, half, sign, _scales(kind, money), suffix[1] if suffix else "")


def sign_of(before: str) -> int:
    """-1 or 1 where a sign is glued to what follows, 0 where none is."""
    last, further = before[-1:], before[-2:-1]
    hyphen = further.isalnum() and further < "\u2e80"  # "8-month"; no script without spaces has it
    if (last != "+" and last not in MINUS) or hyphen:
        return 0
    return 1 if last == "+" else -1


def _scales(kind: float, money: bool) -> dict[str, float]:
    """Which kinds of unit a printed number may be of, and what one of it is worth there."""
    if kind == -1.0:
        return {"%": 1.0, "share": 0.01}
    if kind == -3.0:
        return {"pp": 1.0, "plain": 1.0}
    if kind == -2.0:
        return {"bp": 1.0, "%": 0.01, "pp": 0.01}
    scale = kind if kind > 1 else 1.0
    if money:
        return {"USD": scale}
    if kind == 1.0:
        return {"times": 1.0}
    return {"USD": scale, "plain": scale, "times": scale, "h": 1.0, "days": 1.0, "min": 1.0}


def _worded(lexicon: Lexicon, word: str) -> Printed | None:
    """`half`, `two thirds`, `doubled`: about so much; `three`: exactly."""
    parts = [p for p in word.replace("-", " ").split() if p in lexicon.numerals.words]
    if not parts:
        parts = [word]
    last = parts[-1]
    if last in lexicon.numerals.fractions:
        many = math.prod(lexicon.numerals.words[p] for p in parts[:-1])
        one = lexicon.numerals.fractions.get(last.rstrip("s"), lexicon.numerals.fractions[last])
        value = many * (one if len(parts) > 1 else lexicon.numerals.fractions[last])
        return Printed(word, value, ABOUT * value, 0, {"share": 1.0, "%": 100.0, "times": 1.0})
    if last in lexicon.numerals.multiples:
        value = lexicon.numerals.multiples[last]
        return Printed(word, value, ABOUT * value, 0, {"times": 1.0})
    value = sum_of(lexicon, parts)
    if math.isnan(value):
        return None
    return Printed(word, value, SMALL, 0, {"plain": 1.0, "days": 1.0, "h": 1.0, "min": 1.0})


def sum_of(lexicon: Lexicon, parts: list[str]) -> float:
    """`sixty five thousand`: tens and ones add up, hundreds and thousands multiply."""
    total, group = 0.0, 0.0
    for part in parts:
        value = lexicon.numerals.words.get(part, math.nan)
        if value < 100:
            group += value
        elif value == 100:
            group = (group or 1) * value
        else:
            total, group = total + (group or 1) * value, 0.0
    return total + group
