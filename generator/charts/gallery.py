"""The pictures of one run: which sizes are drawn, and the files that they become."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.charts.child import Drawn, Easel, Job
from generator.charts.model import SIZES, Picture, picture_of
from generator.errors import CommentaryError, UsageError
from generator.model import Problem
from generator.show.audit import pretty
from generator.show.encode import iso, trace_json

if TYPE_CHECKING:
    from generator.charts.choose import Chart
    from generator.flow import Note
    from generator.settings import Config
    from generator.write.templates import Templates

FOLDER = "charts"
GATE = "picture"
DEFAULT = "post"


@dataclass(frozen=True)
class Gallery:
    """charts: what can be drawn, the lead's first; pngs: (name, size) -> bytes; data: by name, what
    each is drawn from; lost: what was to be drawn and was not, each with its reason."""

    charts: tuple[Chart, ...] = ()
    pngs: Mapping[tuple[str, str], bytes] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    lost: tuple[tuple[str, str], ...] = ()

    def problems(self) -> list[Problem]:
        """What was lost, as warnings: a picture never costs the text that it goes with."""
        return [Problem(GATE, "warning", f"not drawn: {name}: {why}") for name, why in self.lost]

    def shown(self) -> list[tuple[Chart, bytes]]:
        """The charts that were drawn, each in the size of a post."""
        return [(c, png) for c in self.charts if (png := self.pngs.get((c.name, DEFAULT)))]

    def files(self) -> dict[str, str | bytes]:
        """Relative name -> content: each picture, and beside it what it was drawn from."""
        out: dict[str, str | bytes] = {
            file_of(name, size): png for (name, size), png in self.pngs.items()
        }
        return out | {f"{FOLDER}/{name}.json": text for name, text in self.data.items()}

    def rows(self) -> list[dict[str, Any]]:
        """What `preview --json` prints of the charts."""
        return [
            {
                "name": chart.name,
                "kind": chart.picture.kind,
                "finding": chart.finding,
                "lang": chart.picture.lang,
                "alt": chart.picture.alt,
                "files": [file_of(*key) for key in sorted(self.pngs) if key[0] == chart.name],
            }
            for chart in self.charts
        ]


def jobs(charts: Sequence[Chart]) -> list[Job]:
    """What a preview draws: every chart for a post, the lead's in every size."""
    return [
        Job(chart.name, size, chart.picture)
        for place, chart in enumerate(charts)
        for size in SIZES
        if size == DEFAULT or place == 0
    ]


def file_of(name: str, size: str) -> str:
    """Where a picture stands in a run folder: `charts/1-price-btc.png`, `….square.png`."""
    return f"{FOLDER}/{name}.png" if size == DEFAULT else f"{FOLDER}/{name}.{size}.png"


def drawn_of(
    note: Note,
    config: Config,
    templates: Templates,
    seed: str,
    easel: Easel | None,
    say: Callable[[str], None],
) -> Gallery:
    """The charts of a note, drawn by the easel; without one, only what they would be drawn from.

    What fails a gate or cannot be drawn, be it for a mistake in the program, is said, recorded and
    left out; it never costs the note, nor another picture.
    """
    from generator.charts.choose import charts

    lost: dict[str, str] = {}
    try:
        found = charts(note, config, templates, seed, lost)
    except CommentaryError as error:  # in the user's own charts.j2, for one
        why = f"{error.subject}: {error.what}; {error.todo}"
        say(f"No pictures: {why}")
        return Gallery(lost=(("all pictures", why),))
    data = _data([chart for chart in found if chart.sound], lost)
    sound = tuple(chart for chart in found if chart.name in data)
    drawn = Drawn()
    if easel is not None and sound:
        easel.draw(jobs(sound))
        drawn = easel.finish()
    for chart in found:
        for problem in chart.problems:
            if problem.severity == "error":
                lost[chart.name] = f"{problem.gate}: {problem.message}"
            else:
                say(f"Chart {chart.name}: {problem.severity}: {problem.message}")
    lost |= {f"{name} ({size})": why for (name, size), why in drawn.failed.items()}
    for name, why in sorted(lost.items()):
        say(f"Not drawn: {name}: {why}")
    return Gallery(sound, drawn.pngs, data, tuple(sorted(lost.items())))


def _data(found: Sequence[Chart], lost: dict[str, str]) -> dict[str, str]:
    """What each chart is drawn from, as JSON; without one that holds what no JSON can."""
    from generator.charts.choose import mistake

    out = {}
    for chart in found:
        try:
            out[chart.name] = pretty(data_of(chart))
        except Exception as error:
            lost[chart.name] = mistake(error)
    return out


def data_of(chart: Chart) -> dict[str, Any]:
    """The file beside a picture: all that is drawn, every printed number with its sources."""
    return {
        "name": chart.name,
        "finding": chart.finding,
        "alt": chart.picture.alt,
        "picture": chart.picture.as_data(),
        "texts": list(chart.draft.segments),
        "trace": json.loads(trace_json([chart.draft]))[0],
        "drawn_from": [asdict(s) | {"as_of": iso(s.as_of)} for s in chart.sources],
    }


def sweep(run: Path, gallery: Gallery) -> None:
    """Removes the pictures that an earlier preview of the same run left and this one has not:
    nothing is to be published, or drawn again, that the story no longer tells."""
    now = gallery.files()
    for path in sorted((run / FOLDER).glob("*.*")):
        if f"{FOLDER}/{path.name}" not in now:
            path.unlink(missing_ok=True)


def kept(run: Path) -> dict[str, Picture]:
    """The pictures that a run folder keeps the data of, by name. Raises UsageError."""
    out = {}
    for path in sorted((run / FOLDER).glob("*.json")):
        try:
            out[path.stem] = picture_of(json.loads(path.read_text("utf-8"))["picture"])
        except OSError as error:
            raise UsageError(str(path), str(error.strerror), "Check the path.") from error
        except (KeyError, TypeError, ValueError) as error:
            what = f"holds no picture ({error})"
            raise UsageError(str(path), what, "`commentary preview` writes it anew.") from error
    return out
