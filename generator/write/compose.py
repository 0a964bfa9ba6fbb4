"""Composing: from a story to drafts in which every number and sentence carries its trace.

Templates hold the words; this holds the frame. Text that stands outside `say`, `tell` and `fixed`
is refused, because nothing would license it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.errors import TemplateError
from generator.model import MARKET, Finding
from generator.write import marks
from generator.write.house import HouseView, face
from generator.write.phrasing import Phrasing, phrases
from generator.write.plan import RETURNS
from generator.write.quantity import FILTERS
from generator.write.sheet import Desk
from generator.write.views import FindingView, WatchView, one_venue, quantity, told_together

FURNITURE = "furniture.j2"
BANDS = ("little", "slight", "normal", "sharp", "extreme")


class Composer(Phrasing):
    """Writes one draft; a new one for every draft, so that traces never mix."""

    def __init__(
        self, desk: Desk, cashtag: str = "", skipped: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(desk, cashtag, skipped)
        self.house = HouseView(desk.house, desk.templates, self.recorder)
        self.done: set[str] = set()  # keys of findings told, so that none is told twice
        self.stands: set[str] = set()  # and of those whose figures another sentence has
        # The environment outlives a draft; its filters must write into this draft's record.
        for name in FILTERS:
            desk.templates.env.filters[name] = getattr(self.recorder, name)
        self.given = self._given()

    # ---------------------------------------------------------------- what templates call

    def say(self, view: FindingView | None, block: str = "body", **more: Any) -> str:
        """One finding in the words of one of its blocks; nothing when it has no such block.

        A finding that pulls against it follows at once, joined by "but", and is not told again.
        """
        if view is None or view.finding.key in self.done:
            return ""
        text = self._say([view], block, {"f": view, "group": [view], **more})
        if not text or view.finding.role != "finding":
            return text
        self.done.add(view.finding.key)
        return " ".join((text, *self._against([view.finding], block)))

    def adding(self, finding: Finding, block: str) -> str:
        """A finding as `say` tells it; nothing where each of its figures stands already, unless
        something pulls against it, which would then stand alone."""
        before = self._before()
        text = self.say(self.view(finding), block)
        pulled = any(finding.key in pair for pair in self.desk.story.conflicts)
        if pulled or not text or not self.figures <= before.figures:
            return text
        self._back(before)
        self.stands.add(finding.key)
        return ""

    def _against(self, told: Sequence[Finding], block: str) -> list[str]:
        """The other sides of declared conflicts with what was just told."""
        keys = {f.key for f in told}
        sides = {b if a in keys else a for a, b in self.desk.story.conflicts if keys & {a, b}}
        words, but = "post" if block == "post" else "body", str(self.recorder.words["but"])
        out = []
        for views in self.groups([f for f in self.told if f.key in sides - self.done]):
            self.done |= {v.finding.key for v in views}
            # What was told of two assets together is answered for both together.
            if len(views) > 1 and len(one_venue(views)) == 1 and self._form(views, "group"):
                out.append(self._say(views, "group", told_together(views), but))
            else:
                out += [self._say([v], words, {"f": v, "group": [v]}, but) for v in views]
            out += self._against([v.finding for v in views], block)
        return out

    def opening(self) -> str:
        """The lead, with the same finding of another major where there are words for both."""
        story = self.desk.story
        if story.lead is None:
            return ""
        twins = [f for f in self.told if f.rule == story.lead.rule and f.key != story.lead.key]
        if joined := self._joined(story.lead):
            return " ".join((joined, self.tell([self.view(f) for f in twins])))
        views = [self.view(f) for f in (story.lead, *twins)]
        if twins and len(one_venue(views)) == 1 and self._form(views, "lead_group"):
            text = self._say(views, "lead_group", told_together(views))
            self.done |= {f.key for f in (story.lead, *twins)}
            return " ".join((text, *self._against((story.lead, *twins), "body")))
        return " ".join(self.say(v, "lead" if i == 0 else "body") for i, v in enumerate(views))

    def _joined(self, lead: Finding) -> str:
        """The lead and another finding of its subject in one sentence, where the lead's phrases
        have a block `with_RULE` for it: an extreme, and the hour it came in."""
        name = phrases(lead.rule)
        for other in self.told:
            if other.subject != lead.subject or not self._options(name, f"with_{other.rule}"):
                continue
            if other.rule in RETURNS and self._of_twins(lead, other.rule):
                continue  # what two assets did is told of both together
            first, second = self.view(lead), self.view(other)
            context = {"f": first, "group": [first], "other": second}
            keys = (lead.key, other.key)
            if text := self._render(name, f"with_{other.rule}", context, keys):
                self.done |= set(keys)
                return " ".join((text, *self._against((lead, other), "body")))
        return ""

    def _of_twins(self, lead: Finding, rule: str) -> bool:
        """Whether another asset with the lead's finding has a finding of `rule` too."""
        twins = {f.subject for f in self.told if f.rule == lead.rule} - {lead.subject}
        return any(f.rule == rule and f.subject in twins for f in self.told)

    def tell(self, group: Sequence[FindingView], block: str = "body") -> str:
        """Findings of one rule: together where the phrase file has a `group` block."""
        group = [v for v in group if v.finding.key not in self.done]
        if not group:
            return ""
        if len(parts := one_venue(group)) > 1:
            return " ".join(filter(None, (self.tell(part, block) for part in parts)))
        if len(group) > 1 and self._form(group, "group"):
            text = self._say(group, "group", told_together(group))
            findings = [v.finding for v in group if v.finding.role == "finding"]
            self.done |= {f.key for f in findings}
            return " ".join((text, *self._against(findings, block)))
        return " ".join(filter(None, (self.say(v, block) for v in group)))

    def together(self, group: Sequence[FindingView], block: str) -> str:
        """Findings of one rule in the words of one named block."""
        return self._say(list(group), block, told_together(list(group))) if group else ""

    def listed(self, group: Sequence[FindingView], block: str) -> str:
        """Single coins in one sentence, with the filters they passed."""
        market = self.desk.measured.universe
        more = {
            "scope": self.forms.scope(market.name) if market else "",
            "floor": quantity(self.desk.measured, "mover_floor", MARKET, "notable_mover"),
            "age": quantity(self.desk.measured, "mover_age", MARKET, "notable_mover"),
        }
        return self._say(list(group), block, {**told_together(list(group)), **more})

    def fixed(self, block: str, **more: Any) -> str:
        """Furniture: as-of, coverage, disclaimer. Needs no finding, and may not speak of moves."""
        seen = {
            "venues": self.venues(),
            "unstamped": self.venues(unstamped=True),
            "earlier": self.venues(earlier=True),
        }
        text = self.desk.templates.block(FURNITURE, block, self.context(seen | more))
        return self.region((), self.tidy(text), furniture=True) if text.strip() else ""

    def face(self) -> str:
        """A picture character that the majors' own changes license, where the house wants one."""
        values = self.desk.measured.values
        moves = [values[a].get("return_24h", float("nan")) for a in self.desk.majors]
        found = face(self.desk.house, self.recorder.words, moves)
        return self.region((), found, furniture=True) if found else ""

    def watching(self, item: WatchView, block: str = "watch") -> str:
        """A watch item: the rule's own block for its phrase, or else the shared one."""
        wanted = f"{block}_{item.phrase}"
        own = phrases(item.rule)
        name = own if self._options(own, wanted) else "watch.j2"
        if not self._options(name, wanted):
            raise TemplateError(name, f"has no block {wanted!r}", "every watch item needs words")
        return self._render(name, wanted, {"w": item}, (f"{item.rule}:{item.asset}",))

    def move(self, view: FindingView) -> str:
        """The verb phrase of a 24-hour change, in the size class its own history gives it."""
        words = self.recorder.words["moves"]
        side = "up" if view.return_24h >= 0 else "down"
        size = int(abs(view.move_band.value)) if has(view, "move_band") else None
        options = words["unknown"][side] if size is None else words[side][BANDS[size]]
        number = self.chooser.choose(f"move.{side}.{size}", _indices(options))
        text = str(options[int(number)])
        for key, filled in (
            ("{size}", self.recorder.percent),
            ("{change}", self.recorder.signed),
            ("{window}", self.recorder.window),
        ):
            if key in text:
                text = text.replace(key, filled(view.return_24h))
        return text

    def _given(self) -> dict[str, Any]:
        """What docs/templates.md lists."""
        return {
            "say": self.say,
            "opening": self.opening,
            "tell": self.tell,
            "together": self.together,
            "listed": self.listed,
            "fixed": self.fixed,
            "watching": self.watching,
            "move": self.move,
            "level": self.level,
            "as_of": self.as_of,
            "paragraph": marks.PARAGRAPH,
            "house": self.house,
            "missing": self.forms.sources(self.desk.missing),
            "partial": self.forms.sources(self.desk.partial),
        }


def has(view: FindingView, name: str) -> bool:
    try:
        getattr(view, name)
    except AttributeError:
        return False
    return True


def _indices(options: Sequence[str]) -> list[str]:
    return [str(i) for i in range(len(options))]
