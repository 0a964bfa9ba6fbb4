"""A picture as data: every word already written, every number already traced, nothing to work out.

`draw` adds no word and no number of its own: tick marks, labels and points all come from here. The
same value as JSON is what the drawing process reads and what a run folder keeps.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

# Name -> width and height in pixels. A newsletter column of 600 px shows its picture at half size.
SIZES: Mapping[str, tuple[int, int]] = {
    "post": (1200, 675),
    "square": (1080, 1080),
    "newsletter": (1200, 800),
}

Colour = Literal["blue", "orange", "grey", "black"]


@dataclass(frozen=True, slots=True)
class Axis:
    """low and high bound the scale; ticks are (value, text), few enough to read on a phone."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """points: (ms, value), ascending; a value of None is a gap, which is never drawn over."""

    points: tuple[tuple[float, float | None], ...]
    colour: Colour = "blue"


@dataclass(frozen=True, slots=True)
class Reach:
    """From how low to how high something went in one stretch of the x axis."""

    start: float
    end: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Column:
    """One upright bar from zero, between two places on the x axis.

    beyond: it counts all that the scale leaves out at its end, and looks it.
    """

    left: float
    right: float
    value: float
    colour: Colour = "blue"
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One lying bar from zero, with its name and its value as text."""

    name: str
    value: float
    text: str
    colour: Colour = "blue"


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the x axis in which something was measured, and what it was."""

    start: float
    end: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A value that the story names, drawn across; of an x axis, where `upright`.

    at: where on the x axis it was reached: a dot there in place of the line across.
    """

    value: float
    label: str
    upright: bool = False
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One set of axes. Where there are rows, nothing stands beside them but upright levels."""

    x: Axis
    y: Axis
    name: str = ""
    lines: tuple[Line, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    bands: tuple[Band, ...] = ()
    levels: tuple[Level, ...] = ()
    reaches: tuple[Reach, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """One chart. panels share their x axis. stamp is empty for the present market.

    footer says as of when and whose data; alt describes the picture to who cannot see it.
    """

    kind: str
    subject: str
    lang: str
    title: str
    subtitle: str
    panels: tuple[Panel, ...]
    footer: str
    alt: str
    stamp: str = ""
    stamp_why: str = ""

    @property
    def words(self) -> str:
        """Every text that is printed on it."""
        out = [self.title, self.subtitle, self.footer, self.stamp, self.stamp_why]
        for p in self.panels:
            out += [p.name, *(t for a in (p.x, p.y) for _, t in a.ticks)]
            out += [t for row in p.rows for t in (row.name, row.text)]
            out += [*(b.label for b in p.bands), *(x.label for x in p.levels)]
        return " ".join(out)

    def as_data(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def picture_of(data: Mapping[str, Any]) -> Picture:
    """The picture that `as_data` gave. KeyError, TypeError or ValueError for anything else."""
    panels = tuple(
        Panel(
            x=_axis(p["x"]),
            y=_axis(p["y"]),
            name=str(p["name"]),
            lines=tuple(Line(_points(row["points"]), row["colour"]) for row in p["lines"]),
            columns=tuple(Column(**row) for row in p["columns"]),
            rows=tuple(Row(**row) for row in p["rows"]),
            bands=tuple(Band(**row) for row in p["bands"]),
            levels=tuple(Level(**row) for row in p["levels"]),
            reaches=tuple(Reach(**row) for row in p.get("reaches", ())),
        )
        for p in data["panels"]
    )
    words = {f.name: str(data[f.name]) for f in dataclasses.fields(Picture) if f.name != "panels"}
    return Picture(panels=panels, **words)


def _axis(data: Mapping[str, Any]) -> Axis:
    ticks = tuple((float(value), str(text)) for value, text in data["ticks"])
    return Axis(float(data["low"]), float(data["high"]), ticks)


def _points(rows: list[list[Any]]) -> tuple[tuple[float, float | None], ...]:
    return tuple((float(at), None if value is None else float(value)) for at, value in rows)
