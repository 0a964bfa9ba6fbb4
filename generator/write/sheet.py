"""The sheet a text is written on: what was printed in it, which stretches are licensed by what.

A draft is made of marked text; here the marks become its traces, and what nothing licenses is
refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.errors import TemplateError
from generator.measure import Measured
from generator.measure.inputs import NO_STAMP
from generator.measure.venues import NAMES
from generator.model import MARKET, Draft, SentenceTrace, Snapshot, SourceRef, Story
from generator.settings import HouseSection
from generator.write import marks
from generator.write.check.lexicon import fold
from generator.write.house import style
from generator.write.quantity import Quantity, Recorder
from generator.write.referring import Words, shorter
from generator.write.templates import Templates


@dataclass(frozen=True)
class Desk:
    """Everything a draft is written from. used: phrase ids of the last notes, as in `Memory`."""

    snapshot: Snapshot
    measured: Measured
    story: Story
    house: HouseSection
    templates: Templates
    majors: tuple[str, ...]
    seed: str
    missing: str
    partial: str
    used: Mapping[str, int] = field(default_factory=dict)


class Sheet:
    """One text being made; a new one for every draft, so that traces never mix."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.forms = desk, desk.templates.forms
        self.recorder = Recorder(desk.templates.words(), desk.templates.forms)
        self.style = style(desk.house, self.recorder.words)
        self.regions: list[tuple[tuple[str, ...], bool]] = []
        self._referring = Words.of(self.recorder.words, desk.templates.lang)
        self._answered = {i.venue for i in desk.snapshot.instruments}
        # (venue, without a stamp) of the numbers read so far: every block asks for the venues.
        self._sources: set[tuple[str, bool]] = set()
        self._listed: dict[tuple[bool, bool, int], str] = {}
        self._read = 0

    def tidy(self, text: str) -> str:
        """White space as readers of this language want it."""
        return marks.tidy(text, tight=self.forms.tight)

    def shorter(self, texts: Sequence[str]) -> list[str]:
        """Marked texts that follow one another, without naming again what is named already."""
        printed, topic = self.recorder.printed, self.desk.templates.lexicon.topic
        return shorter(
            texts,
            self._referring,
            lambda i: printed[i][0],
            lambda sentence: topic.search(fold(sentence)) is not None,
        )

    def seen(self, text: str) -> str:
        """A marked text as a reader sees it."""
        return marks.read(self.shorter([text])[0])[0].replace(marks.PARAGRAPH, "\n\n")

    def region(self, keys: tuple[str, ...], text: str, furniture: bool = False) -> str:
        self.regions.append((keys, furniture))
        return marks.region(len(self.regions) - 1, self.style(text))

    def venues(self, unstamped: bool = False, earlier: bool = False) -> str:
        """The venues behind the numbers printed so far, as text; those of them that gave no time
        stamps; or those that did not answer now, so that only their stored record speaks."""
        for shown, *_ in self.recorder.printed[self._read :]:
            self._sources |= {(s.venue, s.note == NO_STAMP) for s in shown.sources()}
        self._read = len(self.recorder.printed)
        key = unstamped, earlier, len(self._sources)  # which only grow
        if key in self._listed:
            return self._listed[key]
        seen = {venue for venue, bare in self._sources if bare or not unstamped}
        seen = seen - self._answered if earlier else seen & self._answered
        told = self.forms.listed(self.forms.named(NAMES[v] for v in seen if v in NAMES))
        self._listed[key] = told
        return told

    @property
    def as_of(self) -> Quantity:
        now = self.desk.snapshot.now
        ref = SourceRef(
            "clock", self.desk.snapshot.id, "now", float(now), now, "moment of the snapshot"
        )
        return Quantity("as_of", MARKET, float(now), "ms", "furniture", sources=lambda: (ref,))

    def quote(self, told: Quantity, title: str) -> str:
        return self.recorder.mark(told, title, unit="text")

    def finish(self, text: str, form: str, **more: Any) -> Draft:
        """The draft of a marked text, without naming again what is named already."""
        return self.drafted(self.shorter([text])[0], form, **more)

    def drafted(self, text: str, form: str, **more: Any) -> Draft:
        """Clean text and traces from marked text; refuses text that nothing licenses."""
        clean, spans = marks.read(text)
        numbers, sentences = [], []
        loose, at = "", 0
        for span in sorted(spans, key=lambda s: (s.start, s.end)):
            if span.kind == "number":
                numbers.append(self.recorder.trace(span.index, span.start, span.end))
            else:
                keys, furniture = self.regions[span.index]
                sentences.append(SentenceTrace(0, span.start, span.end, keys, furniture))
                loose += clean[at : span.start]
                at = max(at, span.end)
        if loose := (loose + clean[at:]).strip():
            what = f"text outside say, tell and fixed: {loose[:40]!r}"
            raise TemplateError(
                form, what, "put it into a phrase block of the rule that licenses it"
            )
        return Draft(
            form=form,
            network=more.pop("network", ""),
            lang=self.desk.templates.lang,
            segments=(clean,),
            numbers=tuple(numbers),
            sentences=tuple(sentences),
            **more,
        )
