"""Any text, hand-written or edited, without a trace: what can still be said about it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from generator.model import MARKET, Draft, Headline, NumberTrace, Problem, SentenceTrace
from generator.write.check.coherence import check_coherence
from generator.write.check.compared import check_better, check_repeated
from generator.write.check.coverage import (
    check_left_out,
    check_sources,
    check_unnumbered,
    check_windowless,
)
from generator.write.check.dates import told
from generator.write.check.derived import check_derived
from generator.write.check.facts import Fact
from generator.write.check.furniture import check_form
from generator.write.check.heard import Heard
from generator.write.check.known import Known
from generator.write.check.lexicon import Lexicon, fold
from generator.write.check.licence import check_blocked, check_needs
from generator.write.check.markup import COMMENT, readable
from generator.write.check.moments import check_moments, span_of
from generator.write.check.order import check_extremes, check_order, check_records
from generator.write.check.place import Place
from generator.write.check.printed import Printed, printed
from generator.write.check.reading import QUOTED, Reading, Sentence, Span, problem, read_draft
from generator.write.check.scope import check_as_of
from generator.write.check.search import Bound, search_numbers
from generator.write.check.signs import check_signs
from generator.write.check.watched import check_ahead
from generator.write.check.words import check_words
from generator.write.marks import strip

COUNT_OF_SOURCES = re.compile(r"venues|sources")


def check_text(
    text: str,
    *,
    lexicon: Lexicon,
    now: int,
    known: Known | None = None,
    fixed: tuple[str, ...] = (),
    form: str = "text",
) -> tuple[Problem, ...]:
    """Every problem of a text, Markdown or plain, in reading order; spans are code points of it.

    The gates that need no trace, and every number, moment, venue, window and direction searched for
    in what a run knows. What nothing known speaks for or against is of the gate `unverifiable`, a
    warning; without a run that is every number. fixed: words of the house that claim nothing of the
    market, such as its sign-off and what it declares, passed over to the letter. form: `article` or
    `post` asks for the lines such a form must carry, `text` for none.
    Licences of whole sentences cannot be checked here; words that need a rule are checked against
    the findings of the assets that the sentence names. now in ms.
    """
    clean = readable(text)
    plain = _without(clean.text, fixed)
    titles = _titles(plain, (known.headlines if known else None) or ())
    reading = _reading(plain, lexicon, now, known, form, titles)
    quotes = {s: float(h.published_at) for s, h in titles.items() if h.published_at is not None}
    found = list(clean.problems)
    if form == "post":  # networks print them as they stand
        message = "a comment is unverifiable: it is not read"
        spans = [m.span() for m in COMMENT.finditer(text)]
        found += [Problem("unverifiable", "warning", message, 0, a, b) for a, b in spans]
    if known is not None:
        found += [clean.at(p) for p in check_quotes(plain, known, titles)]
    found += [clean.at(p) for p in _problems(reading, known, quotes)]
    return tuple(sorted(found, key=lambda p: (p.start, p.end, p.gate, p.message)))


def _without(text: str, fixed: Iterable[str]) -> str:
    """The text with words that are not read blanked out, each character in its place."""
    for words in filter(None, (f.split() for f in fixed)):
        pattern = r"\s+".join(map(re.escape, words))
        text = re.sub(pattern, lambda m: " " * len(m[0]), text)
    return text


def _reading(
    text: str, lexicon: Lexicon, now: int, known: Known | None, form: str, titles: Iterable[Span]
) -> Reading:
    headlines = known.headlines if known else None
    findings = known.findings if known else ()
    keys = tuple(f.key for f in findings if headlines is None or not f.rule.startswith("headline"))
    quoted = tuple(
        NumberTrace(0, a, b, text[a:b], "headline_title", "", math.nan, "text", 1.0, -1, "")
        for a, b in titles
    )
    draft = Draft(
        form, "", lexicon.language, (text,), quoted, (SentenceTrace(0, 0, len(text), keys),)
    )
    return read_draft(
        draft,
        story=None,
        findings=findings,
        panel=known.panel if known else None,
        verdicts=None,
        windows=known.windows if known else None,
        lexicon=lexicon,
        now=now,
        headlines=headlines,
        blocked=known.blocked if known else (),
    )


def _is_line(place: Place, bound: Sequence[Bound]) -> bool:
    """Whether a sentence is a disclaimer, a line of coverage or the like, and claims nothing of
    the market: a count of venues is all that such a line may hold."""
    lexicon, low = place.reading.lexicon, place.sentence.low
    if any(p.search(low) for p in lexicon.coverage.values()):
        return True
    if place.speaks or not all(COUNT_OF_SOURCES.search(f.metric) for b in bound for f in b.facts):
        return False
    return any(p.search(low) for p in lexicon.furniture.values())


def check_quotes(text: str, known: Known, quotes: Iterable[Span]) -> Iterator[Problem]:
    """Words in quotation marks are a headline's of the run, or nobody here can vouch for them."""
    heard = [set(fold(h.title).split()) for h in known.headlines or ()]
    for m in QUOTED.finditer(text):
        words = set(fold(m[0].strip('“”"«»「」')).split())
        if len(words) < 4 or any(a <= m.end() and m.start() <= b for a, b in quotes):
            continue
        like = any(len(words & h) >= 0.6 * max(len(words), len(h)) for h in heard)
        message = "no headline of this run reads so"
        if like:
            yield Problem("numbers", "error", message, 0, m.start(), m.end())
        else:
            yield Problem("unverifiable", "warning", message, 0, m.start(), m.end())


def _titles(text: str, headlines: tuple[Headline, ...]) -> dict[Span, Headline]:
    """Spans of quoted headlines, to the letter as the composer prints them."""
    return {
        span: h
        for h in sorted(headlines, key=lambda h: -len(h.title))
        for span in span_of(text, " ".join(strip(h.title).split()))
    }


def _problems(
    reading: Reading, known: Known | None, quotes: Mapping[Span, float]
) -> Iterator[Problem]:
    heard, seen = Heard(), dict[str, Sentence]()
    for sentence in reading.sentences:
        low = sentence.low.strip()
        yield from _sentence(reading, sentence, known, quotes, heard)
        yield from check_repeated(reading, sentence)
        if low in seen and len(low) > 20:
            yield problem("filler", "said twice", sentence, None, "warning")
        seen[low] = sentence
    yield from check_words(reading)
    yield from check_as_of(reading)
    yield from check_form(reading)
    if known is not None:
        rest = frozenset(v for venues in heard.origins for v in venues)
        for line in heard.lines:
            yield from check_sources(reading, line, known, rest, heard.maybe)
        yield from check_left_out(reading, known, tuple(heard.said))


def _sentence(
    reading: Reading,
    sentence: Sentence,
    known: Known | None,
    quotes: Mapping[Span, float],
    heard: Heard,
) -> Iterator[Problem]:
    lexicon, here = reading.lexicon, told(reading.lexicon, sentence.low)
    place = Place(reading, sentence, known, here, heard.venues, heard.topics)
    problems, bound = search_numbers(place)
    numbered = sentence
    if known is None:
        yield from problems
    else:
        yield from _recomputed(reading, sentence, known, problems, heard.facts)
        signs, numbered = check_signs(place, bound)
        yield from signs
        heard.numbers(place, bound)
        yield from _moments(place, known, quotes, bound, heard)
    if _is_line(place, bound):
        if known is not None:
            heard.lines.append(sentence)
    else:
        if lexicon.topic.search(sentence.low) and not lexicon.scope.search(sentence.low):
            message = "volume, funding, open interest, liquidations or premium without a venue"
            yield problem("scope", message, sentence)
        yield from check_coherence(reading, numbered)
        yield from check_needs(reading, numbered, _concerned(reading, sentence, known))
        yield from check_blocked(reading, sentence)
        if known is not None:
            yield from check_better(place)
            yield from check_unnumbered(reading, numbered, known, heard.said)
            yield from check_windowless(place, numbered)


def _concerned(reading: Reading, sentence: Sentence, known: Known | None) -> tuple:  # type: ignore[type-arg]
    """The findings of the assets that a sentence names, and the market's; all where none is."""
    findings = known.findings if known else ()
    named = reading.subjects_in(sentence.segment, (sentence.start, sentence.end))
    if not named:
        return findings
    wanted = {MARKET, *named, *(p for s in named for p in s.split("/"))}
    return tuple(f for f in findings if wanted & {f.subject, *f.subject.split("/")})


def _moments(
    place: Place,
    known: Known,
    quotes: Mapping[Span, float],
    bound: list[Bound],
    heard: Heard,
) -> Iterator[Problem]:
    reading, sentence, here = place.reading, place.sentence, place.here
    due = {float(f.watch.deadline) for b in bound for f in b.facts if f.watch}
    fits: dict[Span, list[str]] = {}
    yield from check_moments(reading, sentence, here, known, quotes, due, fits)
    yield from check_extremes(reading, sentence, here, fits)
    yield from heard.then(place, known, bound, fits)
    if place.ahead:
        yield from check_ahead(place, known, fits)
    yield from check_order(reading, sentence, here, known)
    yield from check_records(reading, sentence)
    heard.moments(place, known, fits)


def _recomputed(
    reading: Reading, sentence: Sentence, known: Known, problems: list[Problem], facts: list[Fact]
) -> Iterator[Problem]:
    """Problems of numbers, without those that are ratios or differences of what was told."""
    for p in problems:
        number = None
        if p.gate == "numbers":
            number = printed(reading.lexicon, reading.low[sentence.segment], p.start, p.end)
        if number is None:
            yield p
            continue
        accounted, instead = check_derived(reading, sentence, (p.start, p.end), number, facts)
        yield from instead if accounted else (p,)
        whose = reading.subjects_in(sentence.segment, (sentence.start, p.start))[-1:]
        if not accounted and whose:  # wrong, but ratios of it are still what they are
            facts.append(_as_told(number, whose[0]))


def _as_told(number: Printed, subject: str) -> Fact:
    """A number that the run does not know, as the text tells it."""
    kind, scale = next(iter(number.scales.items()))
    name = f"the number told in {kind}"
    none = frozenset[float]()
    venues = frozenset[str]()
    return Fact(
        name, subject, number.value * scale, kind, kind, "", venues, "", none, none, licensed=False
    )
