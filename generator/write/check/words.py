"""Gates 5 and 6: words that never stand, whatever the numbers say."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Problem
from generator.write.check.reading import Reading, problem


def check_words(reading: Reading) -> Iterator[Problem]:
    """Causes, advice, promises, motives, actors, certainty, filler, machine phrases, emotion.

    The gate is the category of the pattern. Furniture, links, tags and quoted headlines are
    exempt: the disclaimer must be able to say "not advice".
    """
    lexicon = reading.lexicon
    for sentence in reading.body:
        for i, m in lexicon.banned.finditer(sentence.low, reading.met(sentence)):
            at = sentence.at(m)
            if reading.is_name(sentence.segment, at[0]) or sentence.in_quotes(at[0]):
                continue
            if sentence.low[m.start() - 1 : m.start()] in ("#", "@"):
                continue
            entry = lexicon.entries[i]
            yield problem(entry.category, f"{m[0]!r} {entry.why}", sentence, at, entry.severity)
