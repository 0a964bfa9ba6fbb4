"""Gate 3: words of direction and size against the signs and sizes of the numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal

from generator.model import MARKET, NumberTrace, Problem
from generator.write.check.coherence import check_coherence
from generator.write.check.lexicon import Signs, Verb
from generator.write.check.reading import Reading, Sentence, Span, problem, unverifiable
from generator.write.check.scope import is_change

GATE = "direction"
SIZES = ("little", "slight", "normal", "sharp", "extreme")
NORMAL, SHARP = 2, 3
NONZERO = re.compile("[1-9]")
PREMIUM = re.compile(r"premium|basis")
EXTREME = re.compile(
    r"(?:^|_)(low|high)_(?:price_24h|(?:close_)?(?:last_seen|beats_days))$|^(?P<peak>peak)_"
)
COUNTED: Mapping[str, float] = {  # counts and shares of what went one way
    "advancers": 1.0,
    "advancers_share": 1.0,
    "decliners": -1.0,
    "decliners_share": -1.0,
    "broad_fall_days": -1.0,
    "broad_rise_days": 1.0,
    "liquidations_long": 1.0,
    "liquidations_short": -1.0,
}
OF_A_MOVE = {"fall_regained": -1.0, "rise_given_back": 1.0}  # shares of a fall, of a rise
LIKE = {  # counts of what went the way that these did
    "weeks_as_large": "return_7d",
    "day_beats_days": "day_return",
    "pair_day_beats_days": "pair_day_return",
    "oi_venues_same_way": "oi_change_24h",
}
BELOW_ZERO = (
    "funding_negative_share",
    "funding_venues_negative",
    "funding_negative_hours",
    "perps_negative",
    "perps_negative_share",
)


def check_direction(reading: Reading) -> Iterator[Problem]:
    """Every number bound to a word, every verb to its asset's band, every pair of signs."""
    shocked = {f.subject for f in reading.findings.values() if f.rule == "one_hour_shock"}
    for sentence in reading.body:
        for trace in sentence.numbers:
            yield from check_word(reading, sentence, trace)
            yield from _check_subject(reading, sentence, trace)
        yield from check_verbs(reading, sentence)
        if shocked:
            yield from _check_slow(reading, sentence, shocked)
        yield from check_coherence(reading, sentence)


def check_word(reading: Reading, sentence: Sentence, trace: NumberTrace) -> Iterator[Problem]:
    """The word of its kind nearest to a signed number, in its clause first, must share its sign."""
    if ":" in trace.metric:
        return  # a trigger or a window: not a state, so no word describes it
    for sign, signs, where in _speaking(reading, trace):
        if not sign or math.isnan(sign):
            continue
        if where == "every":
            clause = sentence.clause(trace.start)
            places = [clause[0] - sentence.start, clause[1] - sentence.start]
            words = [(m[0], sentence.at(m)) for m in signs.pattern.finditer(sentence.low, *places)]
        else:
            words = [w for w in (nearest(sentence, trace, signs.pattern, where),) if w]
        for word, at in words:
            if signs.of[word] * sign < 0:
                yield problem(GATE, _beside(word, trace, sign), sentence, at)
                return


def _beside(word: str, trace: NumberTrace, sign: float) -> str:
    if trace.metric in COUNTED or side_of_extreme(trace.metric):
        return f"{word!r} beside {trace.text!r}: it is {trace.metric} of {trace.subject}"
    other = "negative" if sign < 0 else "positive"
    return f"{word!r} beside {trace.text!r}: {trace.metric} of {trace.subject} is {other}"


@lru_cache(maxsize=1024)
def side_of_extreme(metric: str) -> float:
    """-1 for a metric of a low, 1 for one of a high; 0 for any other."""
    found = EXTREME.search(metric)
    return 0.0 if found is None else -1.0 if found[1] == "low" else 1.0


Where = Literal["sentence", "clause", "near", "after", "every"]
BEHIND = 24  # characters behind a signed number in which a word may be of it


def _speaking(reading: Reading, trace: NumberTrace) -> Iterator[tuple[float, Signs, Where]]:
    """Which words must agree with a number, with which sign, and where they stand."""
    lexicon, metric, value = reading.lexicon, trace.metric, trace.value
    extreme = side_of_extreme(metric)
    if extreme:
        yield extreme, lexicon.extreme, "every"
    elif metric in OF_A_MOVE:
        yield OF_A_MOVE[metric], lexicon.change, "after"
        yield OF_A_MOVE[metric], lexicon.extreme, "sentence"
    elif metric in LIKE:
        yield reading.value(LIKE[metric], trace.subject), lexicon.change, "after"
    elif metric in BELOW_ZERO:
        yield -1.0, lexicon.zero, "sentence"
    elif metric in COUNTED:
        sign = COUNTED[metric]
        yield sign, lexicon.position if "liquidations" in metric else lexicon.change, "after"
    elif trace.unit in ("times", "ratio") and "multiple" in metric:
        yield value - 1, lexicon.side, "sentence"
    elif metric in ("funding_gap", "median_minus_btc"):
        yield value, lexicon.side, "after"
    elif metric == "drawdown":
        yield value, lexicon.side, "clause"
    elif is_change(trace):
        # A change printed with its sign says its own direction, and one that prints as zero has
        # none to a reader; only the words of its own clause can contradict.
        alone = trace.text[:1] in "+-−" or not NONZERO.search(trace.text)
        alone = alone or "points" in trace.unit  # what it differs from may have gone either way
        yield value, lexicon.change, "near" if alone else "sentence"
        if "points" in trace.unit:
            yield value, lexicon.side, "clause"
    elif PREMIUM.search(metric) and trace.unit == "bp":
        yield value, lexicon.side, "sentence"
    elif "funding" in metric and trace.unit.startswith("%"):
        yield value, lexicon.zero, "sentence"


def nearest(
    sentence: Sentence, trace: NumberTrace, pattern: re.Pattern[str], where: Where = "sentence"
) -> tuple[str, Span] | None:
    """The last word before the number in its clause, the first after it there; then likewise in
    the whole sentence (`BTC lost 4.8% and ETH 6.0%`). Of a count, the first after it comes first
    (`3 rose and 99 fell`)."""
    clause = sentence.clause(trace.start)
    whole = (sentence.start, sentence.end)
    for start, end in (clause, whole) if where == "sentence" else (clause,):
        before, after = None, None
        end = min(end, trace.end + BEHIND) if where == "near" else end
        for m in pattern.finditer(sentence.low, start - sentence.start, end - sentence.start):
            at = sentence.at(m)
            if at[1] <= trace.start:
                before = (m[0], at)
            elif after is None and at[0] >= trace.end:
                after = (m[0], at)
        found = (after or before) if where == "after" else (before or after)
        if found:
            return found
    return None


def _check_subject(reading: Reading, sentence: Sentence, trace: NumberTrace) -> Iterator[Problem]:
    """A number stands with the asset it belongs to: named in its clause, or last before it."""
    if trace.unit in ("ms", "text") or trace.subject in (MARKET, ""):
        return
    if trace.metric.startswith("window:"):
        return  # a window's label is the same for every asset
    clause = sentence.clause(trace.start)
    near = reading.subjects_in(sentence.segment, clause)
    parts = trace.subject.split("/")
    if not near:
        near = reading.subjects_in(sentence.segment, (sentence.start, trace.start))[-1:]
    if near and not any(s in near for s in (trace.subject, *parts)):
        message = f"{trace.text!r} belongs to {trace.subject}, the text says {', '.join(near)}"
        yield problem("numbers", message, sentence, (trace.start, trace.end))


def check_verbs(reading: Reading, sentence: Sentence) -> Iterator[Problem]:
    for m in reading.lexicon.verb.finditer(sentence.low):
        at = sentence.at(m)
        if sentence.in_quotes(at[0]):
            continue
        bound = _bound(sentence, at)
        if bound is not None and bound.metric != "return_24h":
            continue  # the bands are those of the 24 h return
        if bound is None and _against(reading, sentence, m.start()):
            continue  # "gained on BTC" is of one against the other
        subjects = [bound.subject] if bound else _who(reading, sentence, at)
        for subject in subjects:
            yield from _check_band(reading, sentence, at, m[0], subject, bound is not None)


def _against(reading: Reading, sentence: Sentence, at: int) -> bool:
    """Whether words that hold one asset against another stand at a place of the folded text."""
    found = reading.lexicon.relative.pattern.finditer(sentence.low)
    return any(m.start() <= at < m.end() for m in found)


def _bound(sentence: Sentence, at: Span) -> NumberTrace | None:
    """The signed number a verb speaks of: the first after it in its clause, else before it."""
    start, end = sentence.clause(at[0])
    changes = [n for n in sentence.numbers if n.unit != "ms" and start <= n.start < end]
    changes = [n for n in changes if is_change(n)]
    return next((n for n in changes if n.start >= at[1]), changes[-1] if changes else None)


def _who(reading: Reading, sentence: Sentence, at: Span) -> list[str]:
    """The asset that a verb without a number speaks of; none in "volume in BTC rose"."""
    before = (sentence.clause(at[0])[0], at[0])
    if reading.lexicon.topic.search(sentence.text(before)):
        return []
    return reading.subjects_in(sentence.segment, before)[-1:]


def _subjects(reading: Reading, sentence: Sentence, at: Span) -> list[str]:
    near = reading.subjects_in(sentence.segment, (sentence.start, at[0]))[-1:]
    return near or sorted({f.subject for f in reading.fired(sentence)} - {MARKET})


def _check_band(
    reading: Reading, sentence: Sentence, at: Span, word: str, subject: str, bound: bool
) -> Iterator[Problem]:
    band = reading.value("move_band", subject)
    verbs = reading.lexicon.verbs[word]
    if math.isnan(band):
        if bound and any(v.size != 2 for v in verbs):
            message = f"{word!r}: the size of {subject}'s move is unknown, so it is unverifiable"
            yield unverifiable(message, sentence, at)
        return
    if not bound and all(v.size == NORMAL for v in verbs) and abs(band) < NORMAL:
        return  # "while BTC fell": a plain verb that sizes nothing
    worst = min((_misfit(v, band) for v in verbs), key=lambda w: (w[0] != "", w[0] == "error"))
    if worst[0]:
        message = f"{word!r} for {subject}: {worst[1]}; say {_right_words(reading, band)}"
        yield problem(GATE, message, sentence, at, "error" if worst[0] == "error" else "warning")


def _misfit(verb: Verb, band: float) -> tuple[str, str]:
    """("", "") when a verb fits a band, else its severity and the reason."""
    size, sign = abs(int(band)), (band > 0) - (band < 0)
    if verb.size == 0:
        return ("error", "the move is not little") if size > 0 else ("", "")
    if sign and verb.sign != sign:
        return "error", "the move went the other way"
    if verb.size - size >= 2 or (verb.size > size and verb.size >= SHARP):
        return "error", f"the move's size is {SIZES[size]}, not {SIZES[verb.size]}"
    if verb.size > size:
        return "warning", f"the move's size is {SIZES[size]}, a little below {SIZES[verb.size]}"
    return "", ""


def _right_words(reading: Reading, band: float) -> str:
    fit = Verb(1 if band > 0 else -1, abs(int(band)))
    return " or ".join(w for w, verbs in reading.lexicon.verbs.items() if fit in verbs)


def _check_slow(reading: Reading, sentence: Sentence, shocked: set[str]) -> Iterator[Problem]:
    for m in reading.lexicon.slow.finditer(sentence.low):
        at = sentence.at(m)
        of = _subjects(reading, sentence, at)
        if not of or shocked & set(of):
            message = f"{m[0]!r} is slow, but most of the move came in one hour"
            yield problem(GATE, message, sentence, at)
