"""Composing a note with its traces, against the same templates in plain sandboxed jinja.

    python -m benchmarks.composing [--rounds 60]

Both sides run in turn in one process. Plain: Jinja's own sandbox renders the article's frame and,
once each, the very blocks that the note was composed of, from numbers and text that lead nowhere,
with filters that format and remember nothing. It chooses no phrases, traces no number, licenses no sentence and
does not look whether the text has room: that, and the passes it takes, is what the ratio measures.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from generator.collect.scenario import load_scenario
from generator.flow import desk_of
from generator.model import Finding
from generator.write import marks
from generator.write.article import article, body_words
from generator.write.compose import BANDS, Desk, has
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
        text = str(words[BANDS[int(abs(view.move_band.value if hasattr(view, "move_band") else 2))]][0])
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


def timed(act: Callable[[], object]) -> float:
    start = time.process_time()  # other programs on the machine do not count
    act()
    return (time.process_time() - start) * 1e3


def measured(name: str, rounds: int) -> float:
    """Prints both sides and gives their ratio (of medians)."""
    kit = shop()
    templates = Told(kit.templates.loader.folders, "en")
    snapshot, history = load_scenario(name)
    desk, *_ = desk_of(snapshot, history, kit.config, kit.book, templates, seed=SLOT)
    draft, _ = article(desk)
    bare = floor(templates)
    ours: list[float] = []
    theirs: list[float] = []
    bare()
    for _ in range(rounds):
        ours.append(timed(lambda: article(desk)))
        theirs.append(timed(bare))
    a, b = statistics.median(ours), statistics.median(theirs)
    print(
        f"{name}: {body_words(draft)} words, {len(draft.numbers)} numbers: with traces {a:.2f} ms, "
        f"plain {b:.2f} ms: {a / b:.2f} times (best of each {min(ours) / min(theirs):.2f})"
    )
    return a / b


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    worst = max(measured(name, rounds) for name in SCENARIOS)
    print(f"composing with traces: {worst:.2f} times plain jinja at most (target {TARGET} times)")


if __name__ == "__main__":
    main()
