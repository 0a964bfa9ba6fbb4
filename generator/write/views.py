"""What a template sees: findings, headlines and watch items, and of numbers only the evidence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

from generator.errors import TemplateError
from generator.measure import Measured, catalog
from generator.model import MARKET, Finding, SourceRef, Watch
from generator.news import Item
from generator.write import marks
from generator.write.forms import Forms
from generator.write.quantity import Quantity

PRICES = ("price", "pair")  # families whose numbers all come from the market of the prices
MOST_OUTLETS = 2  # named as carrying a story too


class FindingView:
    """A finding as a template sees it. Its evidence metrics are attributes; nothing else is.

    asset: the subject as printed. also: the names of all rules told of the same subject. An
    evidence metric that is unknown now is undefined: test with `is defined`. since: the first
    of the moments looked at from which on it held without a break.
    """

    def __init__(
        self, finding: Finding, measured: Measured, also: frozenset[str], forms: Forms
    ) -> None:
        self.finding, self._forms = finding, forms
        self._measured, self._hidden = measured, ""
        self.rule, self.asset, self.state = finding.rule, finding.subject, finding.state
        self.also = also
        self.since = Quantity(
            "since", finding.subject, float(finding.since), "ms", finding.rule,
            sources=lambda: (_began(finding),),
        )  # fmt: skip
        self.left, _, self.right = finding.subject.partition("/")

    def __getattr__(self, name: str) -> Quantity:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self.finding.evidence:
            known = "is no evidence of this rule" if name in catalog() else "is no metric"
            raise TemplateError(
                f"{self.finding.rule}.{name}", known, "add it to `evidence` in the rule file"
            )
        subject = self._subject(name)
        if subject not in self._measured.values or name == self._hidden:
            raise AttributeError(name)
        value = self._measured.values[subject].get(name, float("nan"))
        if not math.isfinite(value):
            raise AttributeError(name)
        found = quantity(self._measured, name, subject, self.finding.rule, self._forms)
        self.__dict__[name] = found  # a template asks for it again and again
        return found

    def _subject(self, name: str) -> str:
        return MARKET if catalog()[name].scope == "market" else self.finding.subject


def without(view: FindingView, metric: str) -> FindingView:
    """The same finding, in which one metric is undefined: it was told before."""
    other = copy(view)
    other._hidden = metric
    other.__dict__.pop(metric, None)
    return other


def quantity(
    measured: Measured, name: str, subject: str, rule: str, forms: Forms | None = None
) -> Quantity:
    """A metric as templates get it; forms: of the language its scope is told in."""
    info, scope = catalog()[name], measured.scope(name, subject)
    return Quantity(
        metric=name,
        subject=subject,
        value=measured.values[subject].get(name, math.nan),
        unit=info.unit,
        rule=rule,
        scope=marks.scope(forms.scope(scope), prices=info.venue in PRICES) if forms else scope,
        window=info.window,
        sources=partial(measured.sources, name, subject),
    )


def one_venue(views: Sequence[FindingView]) -> list[list[FindingView]]:
    """The views of one rule in stretches whose numbers come from the same venues: a sentence about
    several assets names the venue once."""
    if len(views) < 2:
        return [list(views)]
    out: list[list[FindingView]] = []
    for view in views:
        scopes = _scopes(view)
        for part in out:
            other = _scopes(part[0])
            if all(other[family] == scopes[family] for family in other.keys() & scopes.keys()):
                part.append(view)
                break
        else:
            out.append([view])
    return out


def _scopes(view: FindingView) -> dict[str, str]:
    """Family of venues -> their name as printed, for every number that the finding may quote."""
    scope, subject = view._measured.scope, view.finding.subject
    # The part of a family (`funding_spread:low`) is named beside its own number every time.
    infos = [i for n in view.finding.evidence if (i := catalog().get(n)) and ":" not in i.venue]
    return {
        i.venue: told for i in infos if i.scope != "market" and (told := scope(i.name, subject))
    }


def _began(finding: Finding) -> SourceRef:
    return SourceRef("rule", finding.rule, "since", None, finding.since, "first moment it held")


@dataclass(frozen=True)
class HeadlineView:
    """A story: subject, outlet, its own words, and the time the feed gives.

    also: names of other outlets that carry it, empty where there is none. theme: the fixed label
    of what it reports. before: whether it is the event that a told finding puts before a move.
    """

    asset: str
    source: str
    title: str
    at: Quantity
    also: str = ""
    theme: str = ""
    before: bool = False

    @classmethod
    def of(
        cls,
        asset: str,
        item: Item,
        quote: Callable[[Quantity, str], str],
        rule: str,
        forms: Forms,
        *,
        before: bool = False,
    ) -> HeadlineView:
        headline = item.headline
        ref = SourceRef(
            headline.source, asset, "headline", None, headline.published_at, headline.url
        )
        told = Quantity("headline", asset, float("nan"), "text", rule, sources=lambda: (ref,))
        stamp = Quantity(
            "headline_time",
            asset,
            float(headline.published_at or 0),
            "ms",
            rule,
            sources=lambda: (ref,),
        )
        return cls(
            asset,
            marks.strip(headline.source),
            quote(told, " ".join(marks.strip(headline.title).split())),
            stamp,
            forms.listed([marks.strip(name) for name in item.also[:MOST_OUTLETS]]),
            forms.themes.get(item.theme.label, item.theme.label) if item.theme else "",
            before,
        )


class WatchView:
    """A watch item: now, trigger and deadline as quantities, and what it would do."""

    def __init__(self, watch: Watch, measured: Measured, rule: str, forms: Forms) -> None:
        self.watch, self.rule = watch, rule
        self.asset, self.effect, self.direction = watch.subject, watch.effect, watch.direction
        self.phrase = watch.phrase
        base = quantity(measured, watch.metric, watch.subject, rule, forms)
        self.scope = base.scope
        self.current = base
        self.trigger = _derived(base, f"trigger:{watch.metric}", watch.trigger, rule)
        ref = SourceRef("rule", rule, "deadline", None, watch.deadline, "window of the watch item")
        self.deadline = Quantity(
            "deadline", watch.subject, float(watch.deadline), "ms", rule, sources=lambda: (ref,)
        )


def _derived(base: Quantity, name: str, value: float, rule: str) -> Quantity:
    def sources() -> tuple[SourceRef, ...]:
        return (
            SourceRef("rule", rule, "trigger", value, None, f"from {base.metric}"),
            *base.sources(),
        )

    return Quantity(
        name, base.subject, value, base.unit, rule, base.scope, base.window, sources=sources
    )


def told_together(views: list[FindingView]) -> dict[str, Any]:
    """The context of a block that tells several findings of one rule in one sentence."""
    return {"group": views, "f": views[0]}
