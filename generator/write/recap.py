"""The weekly recap: what a week came to, its days in a table, and what each day's note led with."""

from __future__ import annotations

from typing import Any

from generator.model import DAY, MARKET, Draft, Finding, SourceRef
from generator.recap.facts import (
    BREADTH,
    DAILY,
    LARGEST,
    LED,
    LEVEL,
    RANGE,
    WINDOW,
    Led,
    Week,
)
from generator.write import marks
from generator.write.check.quotes import HEADLINE_TIME
from generator.write.compose import Composer
from generator.write.parts import Piece, assembled, split
from generator.write.quantity import Quantity
from generator.write.sheet import Desk

TEMPLATE = "recap.j2"
NOTES = ("positions", "automation", "risk")  # of furniture.j2
# Sentences on the majors: the block of the template, its level, and the facts it cannot do without.
SENTENCES = (
    ("change", LEVEL, ("week_return", "week_close")),
    ("largest", LARGEST, ("largest_day_pct", "largest_day_at")),
    ("range", RANGE, ("week_high", "week_high_at", "week_low", "week_low_at")),
)
# Rules of the book that speak of whole UTC days; those of the last 168 hours would print another
# change of seven days beside the week's own.
OF_WEEKS = ("largest_week", "month_close", "up_streak", "down_streak")


def recap(desk: Desk, week: Week, findings: tuple[Finding, ...]) -> Draft:
    """One text with a table. findings: all that hold at the desk's moment; those that speak of
    weeks are told where the week ended less than a day before it."""
    writer = _Writer(desk, week)
    pieces = [writer.title()]
    pieces += split(writer.composer, writer.composer.fixed("warning"))
    for block, rule, needs in SENTENCES:
        pieces += writer.of_majors(block, rule, needs)
    pieces += writer.told(findings)
    pieces += writer.of_market("breadth")
    pieces += writer.table()
    pieces += writer.led()
    pieces += [Piece("heading", writer.fixed("heading_notes"))]
    pieces += [
        Piece("small", text) for name in ("coverage", "missing") if (text := writer.fixed(name))
    ]
    pieces += [p for n in NOTES for p in split(writer.composer, writer.composer.fixed(n), "small")]
    pieces += split(writer.composer, writer.composer.fixed("signed"), "small")
    return assembled(writer.composer, [p for p in pieces if p.text], "recap", "")


class _Writer:
    """Renders the blocks of recap.j2, each sentence licensed by a level of the week."""

    def __init__(self, desk: Desk, week: Week) -> None:
        self.desk, self.week, self.composer = desk, week, Composer(desk)

    def title(self) -> Piece:
        views, keys = self._views(LEVEL, ("week_return",))
        text = self._text("title", {"group": views})
        return Piece("title", self.composer.region(keys, text, furniture=not keys))

    def of_majors(self, block: str, rule: str, needs: tuple[str, ...]) -> list[Piece]:
        """A block for all majors that have what it needs."""
        views, keys = self._views(rule, needs)
        text = self._text(block, {"group": views}) if views else ""
        return [Piece("paragraph", self.composer.region(keys, text))] if text else []

    def _views(
        self, rule: str, needs: tuple[str, ...]
    ) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
        views = [self._view(a) for a in self.week.subjects]
        views = [v for v in views if all(n in v for n in needs)]
        return views, tuple(f"{rule}:{v['asset']}" for v in views)

    def of_market(self, block: str) -> list[Piece]:
        view = self._view(MARKET)
        text = self._text(block, {"f": view}) if view else ""
        key = (f"{BREADTH}:{MARKET}",)
        return [Piece("paragraph", self.composer.region(key, text))] if text else []

    def told(self, findings: tuple[Finding, ...]) -> list[Piece]:
        """What the rules of the book say of the week that has just ended."""
        if not 0 <= self.desk.snapshot.now - self.week.end < DAY:
            return []
        kept = [f for f in findings if f.rule in OF_WEEKS and f.subject in self.week.subjects]
        texts = map(self.composer.tell, self.composer.groups(kept))
        return [Piece("paragraph", self.composer.tidy(t)) for t in texts if t]

    def table(self) -> list[Piece]:
        """One line for each day; a cell without a number says so."""
        out = [Piece("heading", self.fixed("heading_days"))]
        names = " | ".join(self._text("column", {"asset": a}) for a in self.week.subjects)
        head = f"{self._text('column_day', {})} | {names}"
        out.append(Piece("head", self.composer.region((), head, furniture=True)))
        for i, day in enumerate(self.week.days, 1):
            cells = [self._text("day", {"day": self._moment(f"day_{i}", day)})]
            keys = []
            for asset in self.week.subjects:
                close, move = (self._fact(f"day_{i}_{n}", asset) for n in ("close", "pct"))
                keys += [f"{DAILY}:{asset}"] if close is not None or move is not None else []
                cells.append(self._text("cell", _without_none(close=close, change=move)))
            row = self.composer.region(tuple(keys), " | ".join(cells), furniture=not keys)
            out.append(Piece("row", row))
        return out

    def led(self) -> list[Piece]:
        """What each day's kept note opened with, in its own words."""
        if not self.week.led:
            return []
        out = [Piece("heading", self.fixed("heading_led"))]
        for led in self.week.led:
            at = self._moment(HEADLINE_TIME, led.at, led)
            told = Quantity("said", MARKET, float("nan"), "text", LED, sources=_of(led))
            quote = self.composer.quote(told, marks.strip(led.text))
            text = self._text("led", {"at": at, "quote": quote})
            out.append(Piece("paragraph", self.composer.region((f"{LED}:{MARKET}",), text)))
        return out

    def fixed(self, block: str) -> str:
        """Furniture of recap.j2: headings, coverage, what is missing."""
        missing = [
            {"asset": a, "days": [self._moment("day", d) for b, d in self.week.missing if b == a]}
            for a in dict.fromkeys(a for a, _ in self.week.missing)
        ]
        forms = self.composer.forms
        named = sorted(set(self.week.scopes.values()) - {""})
        scopes = forms.listed([forms.scope(name) for name in named])
        text = self._text(block, {"missing": missing, "scopes": scopes})
        return self.composer.region((), text, furniture=True) if text else ""

    # ---------------------------------------------------------------- what a block sees

    def _text(self, block: str, more: dict[str, Any]) -> str:
        ends = {
            n: self._moment(f"week_{n}", self.week.moments[f"week_{n}"])
            for n in ("start", "end", "last")
        }
        context = self.composer.context({**ends, **more})
        return self.composer.tidy(self.desk.templates.block(TEMPLATE, block, context))

    def _view(self, subject: str) -> dict[str, Any]:
        """A subject's facts by name; empty when there is none but its days."""
        kept = {n: self._fact(n, s) for n, s in self.week.facts if s == subject and n[:4] != "day_"}
        scope = self.composer.forms.scope(self.week.scopes.get(subject, ""))
        return {"asset": subject, "scope": scope, **kept} if kept else {}

    def _fact(self, name: str, subject: str) -> Quantity | None:
        fact = self.week.facts.get((name, subject))
        if fact is None:
            return None
        return Quantity(
            name, subject, fact.value, fact.unit, fact.rule, fact.scope, WINDOW,
            sources=lambda: fact.sources,
        )  # fmt: skip

    def _moment(self, name: str, at: int, led: Led | None = None) -> Quantity:
        ref = SourceRef("clock", self.desk.snapshot.id, name, None, at, "a day of the week told")
        sources = _of(led) if led else lambda: (ref,)
        return Quantity(name, MARKET, float(at), "ms", "furniture", sources=sources)


def _of(led: Led) -> Any:
    ref = SourceRef("run", led.run, "draft.md", None, led.at, "first sentence of the kept note")
    return lambda: (ref,)


def _without_none(**facts: Quantity | None) -> dict[str, Any]:
    return {name: fact for name, fact in facts.items() if fact is not None}
