"""The gates a draft passes before anyone sees it: draft + what is known -> problems.

`check` runs all of them on a traced draft, `check_text` what can be run on any text,
`lint_template_source` on a template. All are pure; a lexicon is read once by `read_lexicon`.

Gates, in the order of the rubric: numbers, scope, direction, licence, causality, then advice,
promise, motive, actors, certainty, filler, ai_tells, emotion, and furniture. A problem is an
error (stops publication) or a warning; `unverifiable` is a warning, never a pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from generator.model import Draft, Finding, Headline, Panel, Problem, Story
from generator.write.check.characters import check_characters
from generator.write.check.compiling import parse_lexicon, read_lexicon
from generator.write.check.direction import check_direction
from generator.write.check.furniture import check_furniture
from generator.write.check.lexicon import Lexicon
from generator.write.check.licence import check_licence
from generator.write.check.numbers import check_numbers
from generator.write.check.reading import read_draft
from generator.write.check.scope import check_scope
from generator.write.check.templates import lint_template_source
from generator.write.check.words import check_words

if TYPE_CHECKING:
    from generator.write.check.free import check_text
    from generator.write.check.known import Known

__all__ = [
    "GATES",
    "Known",
    "Lexicon",
    "check",
    "check_text",
    "lint_template_source",
    "parse_lexicon",
    "read_lexicon",
]

GATES = (
    check_numbers,
    check_scope,
    check_direction,
    check_licence,
    check_words,
    check_furniture,
    check_characters,
)


def __getattr__(name: str) -> Any:
    """What free text needs is loaded when it is asked for: no draft of the program's own does."""
    if name == "check_text":
        from generator.write.check.free import check_text

        return check_text
    if name == "Known":
        from generator.write.check.known import Known

        return Known
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def check(
    draft: Draft,
    *,
    story: Story,
    findings: tuple[Finding, ...],
    panel: Panel,
    judgement_verdicts: Mapping[str, str] | None = None,
    lexicon: Lexicon,
    now: int,
    windows: Mapping[str, str] | None = None,
    headlines: tuple[Headline, ...] | None = None,
    blocked: tuple[tuple[str, str, str], ...] = (),
) -> tuple[Problem, ...]:
    """Every problem of a draft, in reading order; an empty tuple only when all was verified.

    judgement_verdicts: finding key -> verdict, where known; a key without one is not licensed.
    windows: metric name -> text of its window ("24 h"), from the metrics' own metadata; windows
    are also read from metric names (`return_24h`). headlines: the snapshot's, to hold quoted titles
    and their times against; None when they are not known. blocked: words that rules forbid now,
    as a judgement lists them. now in ms.
    """
    reading = read_draft(
        draft,
        story=story,
        findings=findings,
        panel=panel,
        verdicts=judgement_verdicts,
        windows=windows,
        lexicon=lexicon,
        now=now,
        headlines=headlines,
        blocked=blocked,
    )
    found = [p for gate in GATES for p in gate(reading)]
    return tuple(sorted(found, key=lambda p: (p.segment, p.start, p.end, p.gate, p.message)))
