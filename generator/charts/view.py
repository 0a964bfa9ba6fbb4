"""What a kind of chart is made from: one finding, its numbers, and words that trace themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from generator.charts import scales
from generator.charts.model import Axis, Panel, Picture
from generator.measure.inputs import Inputs
from generator.measure.venues import NAMES
from generator.model import MARKET, Draft, Finding, SourceRef
from generator.write import marks
from generator.write.compose import Composer
from generator.write.quantity import Quantity
from generator.write.sheet import Desk
from generator.write.views import quantity

WORDS = "charts.j2"
MILLION = 1e6
DRAWN = "drawn_at"  # the name that such a moment has in traces


class View:
    """One finding as a kind of chart sees it.

    Texts come from `charts.j2`, numbers in them only from metrics. What `say` prints is kept for
    the trace; `scale` is for the marks of an axis, which claim nothing: a value as `v`, and in
    millions as `m`.
    """

    def __init__(self, desk: Desk, finding: Finding) -> None:
        self.desk, self.finding = desk, finding
        self.subject, self.now = finding.subject, desk.snapshot.now
        self.composer = Composer(desk)
        self.said: list[Draft] = []  # every text with its trace, in the order of printing
        self._alt: list[str] = []  # marked
        # A text as printed -> the same marked, and the findings that license it.
        self._of: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.sources: dict[SourceRef, None] = {}

    @property
    def rule(self) -> str:
        return self.finding.rule

    def inputs(self, subject: str = "") -> Inputs:
        """The raw inputs of a subject: the arrays that its metrics were worked out from."""
        return self.desk.measured.inputs.get(subject or self.subject, Inputs())

    def series(self, *names: str, subject: str = "") -> tuple[Any, ...] | None:
        """Inputs by name, with their sources remembered; None where one of them is missing."""
        inputs = self.inputs(subject)
        if any(name not in inputs.values for name in names):
            return None
        for name in names:
            for thunk in inputs.refs.get(name, ()):
                self.sources[thunk()] = None
        return tuple(inputs.values[name] for name in names)

    def value(self, name: str, finding: Finding | None = None) -> float:
        """A metric that the finding names as evidence; NaN where it does not, or where unknown."""
        if name not in (finding or self.finding).evidence:
            return math.nan
        from generator.measure import catalog

        subject = MARKET if catalog()[name].scope == "market" else self.subject
        return self.desk.measured.values.get(subject, {}).get(name, math.nan)

    def level(self, rule: str, subject: str = "") -> Finding | None:
        """The level finding of a rule for a subject, if it holds."""
        wanted = f"{rule}:{subject or self.subject}"
        return next((f for f in self.desk.story.levels if f.key == wanted), None)

    def told(self, *rules: str) -> tuple[Finding, ...]:
        """What the story tells by these rules of the same subject, the finding itself first."""
        story = self.desk.story
        others = (*((story.lead,) if story.lead else ()), *story.evidence)
        found = dict.fromkeys((self.finding, *others))
        return tuple(f for f in found if f.rule in rules and f.subject == self.subject)

    # ---------------------------------------------------------------- words

    def say(self, block: str, finding: Finding | None = None, /, **more: Any) -> str:
        """A text for the picture, kept with its trace; of a finding, or furniture without one."""
        text, keys = self._words(block, finding, more)
        if not text:
            return ""
        printed = self._keep(self.composer.region(keys, text, furniture=not keys))
        self._of[printed] = text, keys
        return printed

    def title(self, otherwise: str, finding: Finding | None = None, /, **more: Any) -> str:
        """The title that the language has for the rule (`title_RULE`): what was found. For a rule
        without one, or where its words do not fit the numbers, the named block: what is drawn."""
        own = f"title_{self.rule}"
        known = own in self.desk.templates.blocks(WORDS)
        return (known and self.say(own, self.finding, **more)) or self.say(
            otherwise, finding, **more
        )

    def describe(self, block: str, **more: Any) -> None:
        """What is drawn, for who cannot see it: the beginning of the alt text."""
        self._alt.append(self._marked(block, None, more))

    def scale(self, filter_block: str, unit: str) -> Callable[[float], str]:
        """Text of a value on an axis, as the language prints numbers of that unit."""

        def text(value: float) -> str:
            v, m = (
                Quantity("scale", self.subject, value / part, unit, "chart")
                for part in (1, MILLION)
            )
            return marks.read(marks.tidy(self._rendered(filter_block, {"v": v, "m": m})))[0]

        return text

    def worth(self, most: float) -> tuple[Callable[[float], str], float]:
        """The text of sums of dollars on an axis that goes to `most`, and the smallest difference
        that is printed of them: what the language counts such sums in, so that none is rounded."""
        return self.scale("axis_worth", "USD"), float(self.composer.forms.sized(most).scale)

    def sums(self, values: Sequence[float]) -> Axis:
        """The scale of columns of dollars, from zero."""
        text, least = self.worth(max(values))
        return scales.axis(values, text, least=least, zero=True, few=4)

    def moment(self, at: float) -> Quantity:
        """A moment at which something drawn begins or ends, for the words that say so."""
        ref = SourceRef("clock", self.desk.snapshot.id, "drawn", at, int(at), "edge of the picture")
        return Quantity(DRAWN, self.subject, at, "ms", "chart", sources=lambda: (ref,))

    def metric(self, name: str, subject: str = "") -> Quantity:
        return quantity(
            self.desk.measured, name, subject or self.subject, self.rule, self.composer.forms
        )

    def venues(self) -> str:
        """Whose data is drawn, as text."""
        forms = self.composer.forms
        return forms.listed(forms.named(NAMES[s.venue] for s in self.sources if s.venue in NAMES))

    def scope(self, name: str) -> str:
        """The venue or market behind a family of inputs, as the language of the text calls it."""
        return self.composer.forms.scope(self.inputs().scopes.get(name, ""))

    def picture(self, title: str, subtitle: str, panels: tuple[Panel, ...]) -> Picture:
        """The parts that every kind ends with: what the note says of the finding in its short
        words, the labels of what is marked, as-of and sources."""
        told = self.composer.tidy(self.composer.say(self.composer.view(self.finding), "post"))
        alt = [*self._alt, told, self._marked_in(panels), self._marked("alt_as_of", None, {})]
        return Picture(
            kind="",  # its file's name; the chooser knows it
            subject=self.subject,
            lang=self.desk.templates.lang,
            title=title,
            subtitle=subtitle,
            panels=panels,
            footer=self.say("footer", drawn=self.venues()),
            alt=self._keep(("" if self.composer.forms.tight else " ").join(filter(None, alt))),
        )

    def _marked_in(self, panels: tuple[Panel, ...]) -> str:
        """The labels of what is marked, as one sentence: who cannot see them is told them, too."""
        labels = [b.label for p in panels for b in p.bands]
        labels += [x.label for p in panels for x in p.levels]
        found = [self._of[label] for label in dict.fromkeys(labels) if label in self._of]
        if not found:
            return ""
        words = self.composer.forms.listed([text for text, _ in found])
        text = self.composer.tidy(self._rendered("alt_marked", {"labels": words}))
        keys = dict.fromkeys(key for _, of in found for key in of)
        return self.composer.region(tuple(keys), text, furniture=not keys)

    def _marked(self, block: str, finding: Finding | None, more: dict[str, Any]) -> str:
        text, keys = self._words(block, finding, more)
        return self.composer.region(keys, text, furniture=not keys) if text else ""

    def _words(
        self, block: str, finding: Finding | None, more: dict[str, Any]
    ) -> tuple[str, tuple[str, ...]]:
        """A marked text without its region, and the findings that license it."""
        if finding is not None:
            more = {**more, "f": self.composer.view(finding)}
        text = self.composer.tidy(self._rendered(block, more))
        return text, () if finding is None else (finding.key,)

    def _rendered(self, block: str, more: dict[str, Any]) -> str:
        return self.desk.templates.block(WORDS, block, self.composer.context(more))

    def _keep(self, marked: str) -> str:
        if not marked:
            return ""
        self.said.append(self.composer.finish(marked, "chart"))
        return self.said[-1].segments[0]


Kind = Callable[[View], Picture | None]
