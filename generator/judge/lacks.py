"""Why a number is missing: failed is not absent.

The venue that gives it did not answer, or answered without it, or is switched off; or its record is
too short; or no public source has it at all. Each of these asks something else of a reader.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.judge.feeds import CALENDAR_ENTRY, FEEDS, SETTINGS, feed_of
from generator.measure.inputs import Inputs
from generator.measure.registry import MetricInfo, raw_inputs
from generator.model import MARKET, Snapshot

NAMED = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?")
_ASKED = frozenset(n for f in FEEDS.values() for n in f.sources)
Fate = tuple[str, str, str]  # source, state, reason


@dataclass(frozen=True, slots=True)
class Lack:
    """Why numbers of one input family are missing.

    numbers: the metrics concerned. given: its inputs are there, so the record is too short, too old
    or has a gap. chosen: the market that speaks for the family here, though it lacks them. sources:
    (name, state, reason) of each that would feed it; the state is a SourceState, `off` (not
    configured), `not asked` or `not in it` (a scenario). own: what a user would have to bring.
    """

    numbers: tuple[str, ...]
    family: str
    what: str
    given: bool
    chosen: str
    sources: tuple[Fate, ...]
    own: str = ""
    record: str = ""


def lacks(
    missing: Iterable[str],
    subject: str,
    inputs: Mapping[str, Inputs],
    snapshot: Snapshot,
    configured: Collection[str],
    catalog: Mapping[str, MetricInfo],
) -> tuple[Lack, ...]:
    """Why each missing metric is missing, by the family that would feed it.

    missing: metrics as a rule names them ("btc.return_24h"). inputs: by subject, as measured.
    configured: the sources and feeds that the settings ask.
    """
    found: dict[tuple[str, str, bool], dict[str, None]] = {}
    # a window over the past is named as it is written: the metrics inside it are meant
    for written in dict.fromkeys(w for text in missing for w in NAMED.findall(text)):
        prefix, _, name = written.rpartition(".")
        if name not in catalog:
            continue
        info = catalog[name]
        of = _subject(prefix, subject, info)
        there = inputs[of].values if of in inputs else {}
        gone = [r for r in raw_inputs(name) if r not in SETTINGS and _is_missing(there.get(r))]
        for family in sorted({feed_of(r, info.venue) for r in gone} or {feed_of("", info.venue)}):
            found.setdefault((family, of, not gone), {})[written] = None
    return tuple(
        Lack(
            numbers=tuple(names),
            family=family,
            what=FEEDS[family].what if family in FEEDS else family,
            given=given,
            chosen=""
            if family == "news" or of not in inputs
            else inputs[of].scopes.get(family, ""),
            sources=() if given else tuple(_states(family, snapshot, configured)),
            own="" if given or family not in FEEDS else FEEDS[family].own.format(_asset(of)),
            record=FEEDS[family].record if family in FEEDS else "",
        )
        for (family, of, given), names in found.items()
    )


def _asset(subject: str) -> str:
    return subject.partition("/")[0]


def _subject(prefix: str, subject: str, info: MetricInfo) -> str:
    if info.scope == "market":
        return MARKET
    left, _, right = subject.partition("/")
    return {"": subject, "left": left, "right": right}.get(prefix, prefix.upper())


def _is_missing(value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return hasattr(value, "__len__") and not len(value)


def _states(family: str, snapshot: Snapshot, configured: Collection[str]) -> Iterator[Fate]:
    states: dict[str, Fate] = {s.name: (s.name, s.state, s.reason) for s in snapshot.sources}
    absent = "not in it" if snapshot.mode == "scenario" else "not asked"
    for name in FEEDS[family].sources if family in FEEDS else ():
        if name in states:
            yield states[name]
        elif name == "headlines" and snapshot.mode == "scenario":
            # a prepared state names its feeds, not the source that reads them
            feeds = [s for n, s in states.items() if n in configured and n not in _ASKED]
            yield from feeds or [(name, absent, "")]
        else:
            yield name, absent if name in configured else "off", ""
    if family in FEEDS and CALENDAR_ENTRY in FEEDS[family].own and "calendar" in states:
        yield states["calendar"]


def told(lack: Lack) -> str:
    """A lack in one line of text."""
    start = f"{', '.join(lack.numbers)}: {lack.what}"
    grown = f" (needs {lack.record})" if lack.record else ""
    if lack.given:
        return f"{start}: there, but too short, too old or with a gap{grown}"
    if lack.chosen:
        fates = "; ".join(_grouped(s for s in lack.sources if s[1] in TROUBLE))
        end = f"; {fates}" if fates else ""
        return f"{start}: taken from {lack.chosen}, which lacks it{end}{grown}"
    known = f"{'; '.join(_grouped(lack.sources))}{grown}" if lack.sources else ""
    if lack.own:
        bring = f"bring {lack.own}, see docs/optional-sources.md"
        return f"{start}: {known or 'no keyless source has it'}; {bring}"
    return f"{start}: {known or 'nothing else feeds it'}"


TROUBLE = ("failed", "blocked", "partial")
_WORDS = {  # of one source, of several
    "ok": ("answered without it", "answered without it"),
    "partial": ("answered in part", "answered in part"),
    "not asked": ("was not asked then", "were not asked then"),
    "not in it": ("is not in this scenario", "are not in this scenario"),
    "off": ("is switched off", "are switched off"),
}


def _grouped(states: Iterable[Fate]) -> Iterator[str]:
    """Sources of the same fate together: `okx, gate answered without it`."""
    by_fate: dict[str, list[str]] = {}
    for name, state, reason in states:
        fate = f"{state} ({reason})" if reason and state != "ok" else state
        by_fate.setdefault(fate, []).append(name)
    for fate, names in by_fate.items():
        state, space, reason = fate.partition(" (")
        one, several = _WORDS.get(state, (state, state))
        yield f"{', '.join(names)} {one if len(names) == 1 else several}{space}{reason}"
