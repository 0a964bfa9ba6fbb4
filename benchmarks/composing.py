"""Composing a note with its traces, against the same templates in plain sandboxed jinja.

    python -m benchmarks.composing [--rounds 60]

Four sides run in turn in one process, by processor time: the note as it is; its templates as they
stand, with traces, and the same without recording numbers and marking sentences, which shows what
traces cost; and Jinja's own sandbox rendering the article's frame and, once each, the very blocks
the note was composed of, from numbers that lead nowhere. "As they stand" is without leaving out
what was named before (`generator/write/referring.py`), which finds its places by the marks and has
none to look at on the other side. The last chooses no phrases, licenses no sentence and does not
look whether the text has room: that, and the passes it takes, is in its ratio.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from generator.collect.scenario import load_scenario
from generator.flow import desk_of
from generator.model import Draft, Finding
from generator.write import marks
from generator.write.article import article, body_words
from generator.write.compose import BANDS, Composer, has
from generator.write.quantity import FILTERS, Quantity, Recorder
from generator.write.templates import TEXT_FILTERS, Templates
from generator.write.views import FindingView, HeadlineView, WatchView
from tests.flow.desk import SLOT, shop

TARGET = 1.3
SCENARIOS = ("source_article", "one_hour_crash", "quiet_sunday")


class Told(Templates):
    """Keeps what the last pass of a draft rendered: (template, block, context)."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.seen: list[tuple[str, str, Mapping[str, Any]]] = []

    def block(self, name: str, block: str, context: Mapping[str, Any]) -> str:
        self.seen.append((name, block, dict(context)))
        return super().block(name, block, context)

    def render(self, name: str, context: Mapping[str, Any]) -> str:
        self.seen = [(name, "", dict(context))]
        return super().render(name, context)


def number(q: Quantity) -> Quantity:
    """The value with what a filter reads beside it to write it: unit and window."""
    return Quantity(q.metric, q.subject, q.value, q.unit, q.rule, q.scope, q.window)


def plain(value: Any) -> Any:
    """A template's context without anything that traces."""
    if isinstance(value, Quantity):
        return number(value)
    if isinstance(value, FindingView):
        finding: Finding = value.finding
        kept = {"asset", "rule", "state", "left", "right", "also", "since"} & set(vars(value))
        names = [n for n in finding.evidence if has(value, n)]
        return SimpleNamespace(**{n: plain(getattr(value, n)) for n in (*kept, *names)})
    if isinstance(value, HeadlineView | WatchView):
        return SimpleNamespace(**{k: plain(v) for k, v in vars(value).items()})
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, str):
        return marks.read(value)[0]
    return value


class Formats(Recorder):
    """The filters, writing numbers as the note does and keeping nothing."""

    def mark(self, q: Quantity, text: str, **more: Any) -> str:
        return text


def floor(made: Told) -> Callable[[], str]:
    """The same blocks in plain sandboxed Jinja."""
    env = ImmutableSandboxedEnvironment(loader=made.loader, autoescape=False)
    formats = Formats(made.words(), made.forms)
    env.filters = {n: env.filters[n] for n in TEXT_FILTERS}
    env.filters |= {n: getattr(formats, n) for n in FILTERS}

    def move(view: Any) -> str:
        words = made.words()["moves"]["up" if view.return_24h >= 0 else "down"]
        text = str(
            words[BANDS[int(abs(view.move_band.value if hasattr(view, "move_band") else 2))]][0]
        )
        size = formats.percent(view.return_24h)
        signed, window = formats.signed(view.return_24h), formats.window(view.return_24h)
        return text.replace("{size}", size).replace("{change}", signed).replace("{window}", window)

    silent = dict.fromkeys(("say", "tell", "together", "listed", "fixed", "watching"), _nothing)
    silent |= {"opening": _nothing, "move": move, "level": lambda rule: []}
    runs = []
    for name, block, context in made.seen:
        template = env.get_template(f"{made.lang}/{name}")
        given = {k: plain(v) for k, v in context.items() if not callable(v)} | silent
        if block:
            runs.append((template, block, given))
        else:
            runs.insert(0, (template, "", given))

    def run() -> str:
        out = []
        for template, block, given in runs:
            if block:
                out.append("".join(template.blocks[block](template.new_context(given))))
            else:
                out.append(template.render(given))
        return " ".join(out)

    return run


def _nothing(*given: Any, **more: Any) -> str:
    return ""


@contextmanager
def untraced() -> Iterator[None]:
    """The very composer, its phrases and its room, with nothing recorded and nothing marked."""
    kept = Recorder.mark, Composer.region, Composer.finish

    def finish(self: Composer, text: str, form: str, **more: Any) -> Draft:
        return Draft(form, "", "en", (text,), (), ())

    Recorder.mark = Formats.mark  # type: ignore[assignment]  # a benchmark's own sleight
    Composer.region = lambda self, keys, text, furniture=False: self.style(text)  # type: ignore[method-assign]
    Composer.finish = finish  # type: ignore[method-assign]
    try:
        yield
    finally:
        Recorder.mark, Composer.region, Composer.finish = kept  # type: ignore[method-assign]


@contextmanager
def as_written() -> Iterator[None]:
    """Nothing left out that was named before; the marks of scopes go all the same."""
    kept = Composer.shorter
    Composer.shorter = lambda self, texts: [marks.unscoped(t) for t in texts]  # type: ignore[method-assign]
    try:
        yield
    finally:
        Composer.shorter = kept  # type: ignore[method-assign]


def timed(act: Callable[[], object]) -> float:
    start = time.process_time()  # other programs on the machine do not count
    act()
    return (time.process_time() - start) * 1e3


def measured(name: str, rounds: int) -> tuple[float, float]:
    """Prints all three sides; the ratios of medians, to no traces and to plain Jinja."""
    kit = shop()
    templates = Told(kit.templates.loader.folders, "en")
    snapshot, history = load_scenario(name)
    desk, *_ = desk_of(snapshot, history, kit.config, kit.book, templates, seed=SLOT)
    draft, _ = article(desk)
    bare = floor(templates)
    templates.seen = []
    sides: dict[str, list[float]] = {"whole": [], "traced": [], "untraced": [], "plain": []}
    for _ in range(rounds):
        desk.measured._sources.clear()  # as in a run that begins
        sides["whole"].append(timed(lambda: article(desk)))
        with as_written():
            desk.measured._sources.clear()
            sides["traced"].append(timed(lambda: article(desk)))
            with untraced():
                sides["untraced"].append(timed(lambda: article(desk)))
        sides["plain"].append(timed(bare))
    whole, with_, without, least = (statistics.median(s) for s in sides.values())
    print(
        f"{name}: {body_words(draft)} words, {len(draft.numbers)} numbers: {whole:.2f} ms; its "
        f"templates as they stand {with_:.2f} ms, without traces {without:.2f} ms "
        f"({with_ / without:.2f} times), its blocks alone in plain jinja {least:.2f} ms "
        f"({whole / least:.1f} times)"
    )
    return with_ / without, whole / least


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    found = [measured(name, rounds) for name in SCENARIOS]
    traces, plain = (max(side) for side in zip(*found, strict=True))
    print(f"tracing: {traces:.2f} times the same composing without traces (target {TARGET} times)")
    print(
        f"in all: {plain:.1f} times its blocks in plain jinja, which chooses and leaves out nothing"
    )


if __name__ == "__main__":
    main()
