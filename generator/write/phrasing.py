"""Phrasing: which block tells a finding, in which variant, and what of it is told already.

A sentence about a level says where something stands. One whose every figure stands in the text
already is left out, and a price whose change was told stands without it: a reader who is told the
same number twice looks for the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from generator.measure.venues import NAMES
from generator.model import MARKET, Finding
from generator.write.choice import Chooser
from generator.write.plan import subject_order
from generator.write.sheet import Desk, Sheet
from generator.write.views import FindingView, without

# Of a rule: a metric that other findings tell too, and by block what stands in its place where
# they did. There that metric is undefined for the subjects whose number was told.
TOLD_BEFORE = {
    "price_level": (
        "return_24h",
        {"group": "again_prices", "body": "again_prices", "post": "again_post"},
    )
}
Figure = tuple[str, str, float]  # metric, subject and value: what makes two printed numbers one


class Before(NamedTuple):
    """How far a sheet had come, so that what follows can be as if it had never been composed."""

    printed: int
    taken: int
    said: int
    regions: int
    figures: frozenset[Figure]


class Phrasing(Sheet):
    """A sheet on which findings are told in the phrases of their rules."""

    def __init__(self, desk: Desk, cashtag: str, skipped: frozenset[str]) -> None:
        super().__init__(desk)
        self.cashtag, self.skipped = cashtag, skipped
        self.tagged = ""  # the asset's name with its cashtag, once a view has it
        self.chooser = Chooser(desk.seed, desk.used)
        self.taken: list[tuple[str, str, str]] = []  # rule, block and text of what was composed
        told = (*((desk.story.lead,) if desk.story.lead else ()), *desk.story.evidence)
        self.told = told
        self._also = {
            s: frozenset(f.rule for f in (*told, *desk.story.levels) if f.subject == s)
            for s in {f.subject for f in (*told, *desk.story.levels)}
        }
        self.figures: set[Figure] = set()  # what sentences printed so far
        self.given: dict[str, Any] = {}  # what every template sees

    def context(self, more: Mapping[str, Any]) -> dict[str, Any]:
        """What docs/templates.md lists, and `more`."""
        return {**self.given, **more}

    # ---------------------------------------------------------------- what is told

    def view(self, finding: Finding) -> FindingView:
        view = FindingView(finding, self.desk.measured, self._also[finding.subject], self.forms)
        if not any(c.isalpha() for c in finding.subject):
            # 4 +30.5% would read as two numbers
            view.asset = self.forms.coin.replace("{name}", finding.subject)
        if self.cashtag and finding.subject == self.cashtag:
            # Networks take one cashtag in a post: the first mention has it, later ones do not.
            apart = " " if self.forms.tight else ""  # else it would be part of the next word
            view.asset = self.tagged = f"{apart}${finding.subject}{apart}"
            self.cashtag = ""
        return view

    def _tagged_once(self, text: str) -> str:
        """A phrase may name its asset twice: the cashtag stands at the first mention only."""
        if not self.tagged:
            return text
        first, tag, rest = text.partition(self.tagged)
        return first + tag + rest.replace(self.tagged, self.tagged.strip(" $"))

    def groups(self, findings: Sequence[Finding]) -> list[list[FindingView]]:
        """Findings by rule, in order of first appearance; within a rule, majors' order."""
        out: dict[str, list[Finding]] = {}
        for finding in findings:
            out.setdefault(finding.rule, []).append(finding)
        order = self.desk.majors
        return [
            [self.view(f) for f in sorted(group, key=lambda f: subject_order(f.subject, order))]
            for group in out.values()
        ]

    def level(self, rule: str) -> list[FindingView]:
        """Views of a level rule, without those whose number a told finding says already; none
        of a rule that there is no room for."""
        if rule in self.skipped:
            return []
        kept = [
            f
            for f in self.desk.story.levels
            if f.rule == rule
            and not any(_says(t, f) for t in (*self.told, *self.desk.story.levels))
        ]
        groups = self.groups(kept)
        return groups[0] if groups else []

    # ---------------------------------------------------------------- in which words

    def _say(
        self, views: list[FindingView], block: str, context: dict[str, Any], opening: str = ""
    ) -> str:
        name = phrases(views[0].rule)
        if not (form := self._form(views, block)):
            if block in ("lead", "post"):
                return self._say(views, "body" if block == "lead" else "lead", context, opening)
            return ""
        keys = tuple(v.finding.key for v in views)
        if block == "quiet":
            keys += (f"quiet_day:{MARKET}",)
        rule, level = views[0].rule, views[0].finding.role == "level"
        if rule in TOLD_BEFORE and (shorter := self._told_before(views, block)):
            form, views = shorter
            context = {**context, "f": views[0], "group": views}
        elif level and block in ("body", "group"):
            return self._adding(views, form, context, opening)
        return self._render(name, form, context, keys, opening)

    def _adding(
        self, views: list[FindingView], form: str, context: dict[str, Any], opening: str
    ) -> str:
        """A level in words that tell at least one new figure of each of its subjects."""
        before = self._before()
        keys = tuple(v.finding.key for v in views)
        text = self._render(phrases(views[0].rule), form, context, keys, opening)
        subjects = {v.finding.subject for v in views}
        told = self._figures(before.printed, subjects)
        new = {subject for _, subject, _ in told - before.figures}
        adding = [v for v in views if v.finding.subject in new or new - subjects]
        if len(adding) == len(views) or not told:
            return text
        self._back(before)
        if not adding:
            return ""
        context = {**context, "f": adding[0], "group": adding}
        return self._say(adding, "group" if len(adding) > 1 else "body", context, opening)

    def _before(self) -> Before:
        return Before(
            len(self.recorder.printed),
            len(self.taken),
            len(self.chooser.said),
            len(self.regions),
            frozenset(self.figures),
        )

    def _back(self, before: Before) -> None:
        del self.recorder.printed[before.printed :], self.taken[before.taken :]
        del self.chooser.said[before.said :], self.regions[before.regions :]
        self.figures = set(before.figures)

    def _figures(self, start: int, subjects: Iterable[str]) -> set[Figure]:
        """The numbers printed from one place on, but for windows, which many numbers share.

        subjects: of the findings told; one printed number is of all of them that have its value.
        """
        values = self.desk.measured.values
        return {
            (q.metric, subject, q.value)
            for q, *_ in self.recorder.printed[start:]
            if not q.metric.startswith("window:")
            for subject in (q.subject, *subjects)
            if subject == q.subject or values.get(subject, {}).get(q.metric) == q.value
        }

    def _told_before(
        self, views: list[FindingView], block: str
    ) -> tuple[str, list[FindingView]] | None:
        """The block, and the views, of a rule some of whose numbers were told; None where none was
        or there are no words for it."""
        metric, blocks = TOLD_BEFORE[views[0].rule]
        told = {subject for name, subject, _ in self.figures if name == metric}
        known = [v.finding.subject in told for v in views]
        form = blocks.get(block, "")
        if not any(known) or not form or not self._options(phrases(views[0].rule), form):
            return None
        return form, [
            without(v, metric) if there else v for v, there in zip(views, known, strict=True)
        ]

    def _form(self, views: Sequence[FindingView], block: str) -> str:
        """The block to tell findings of one rule in; none where they have no words for it.

        What goes on and stood in an earlier note is told by its `again_` block, so that it does not
        read as news twice; with such words for one, several are told one by one.
        """
        name = phrases(views[0].rule)
        told = any(said.startswith(f"{name}.") for said in self.desk.used)
        if told and all(v.state == "persisting" for v in views):
            for again in (f"again_{block}", f"again_{block.removeprefix('lead_')}"):
                if self._options(name, again):
                    return again
            if self._options(name, "again_body"):
                return {"lead": "again_body"}.get(block, "" if block.endswith("group") else block)
        return block if self._options(name, block) else ""

    def _options(self, name: str, block: str) -> tuple[str, ...]:
        return self.desk.templates.variants(name, block)

    def _render(
        self,
        name: str,
        block: str,
        context: dict[str, Any],
        keys: tuple[str, ...],
        opening: str = "",
    ) -> str:
        printed = len(self.recorder.printed)
        chosen = self.chooser.choose(name, self._options(name, block))
        text = self.desk.templates.block(name, chosen, self.context(context))
        text = self.tidy(self._tagged_once(text))
        if opening and text:
            text = self.tidy(f"{opening} {_mid_sentence(text)}")
        told = self.region(keys, text) if text else ""
        self.taken.append((keys[0].partition(":")[0], block, told))
        self.figures |= self._figures(printed, {key.partition(":")[2] for key in keys})
        return told


def phrases(rule: str) -> str:
    """The file of a rule's sentences."""
    return f"phrases/{rule}.j2"


def _says(told: Finding, level: Finding) -> bool:
    """Whether a told finding prints the level's own number for the same subject."""
    return (
        told.subject == level.subject
        and told.family == level.family
        and told.family != "price"
        and told.strength > level.strength
        and level.evidence[0] in told.evidence
    )


def _mid_sentence(text: str) -> str:
    """A sentence's text to stand after a joining word: an ordinary first word loses its capital."""
    word = text.split(" ", 1)[0]
    plain = word.isalpha() and word.istitle() and word not in set(NAMES.values())
    return text[0].lower() + text[1:] if plain else text
