"""Reading headlines in one walk, against one regular expression for each phrase, side by side.

    python benchmarks/headlines.py [--headlines 10000] [--quick]

Both sides find every phrase of every theme, kind and name in made-up titles, and are checked to
agree before they are timed. Prints seconds, ratios and steps a word, also for ten times the
phrases. The machine is noisy: read ratios.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Sequence

from generator.news import shipped, tokens
from generator.news.automaton import Automaton, Phrase

FILLER = "the a of in new bank after market report says firm week year million on with for".split()


def titles(count: int, phrases: Sequence[Phrase]) -> list[str]:
    """Titles of some twelve words, every third with a phrase or two in it."""
    rng = random.Random(1)
    out = []
    for number in range(count):
        words = rng.choices(FILLER, k=9)
        for _ in range(2 if number % 3 == 0 else 0):
            words[rng.randint(0, 8)] = " ".join(rng.choice(phrases))
        out.append(" ".join(words))
    return out


def by_walk(automaton: Automaton, texts: Sequence[str]) -> list[int]:
    """How many phrases each text holds, by the automaton."""
    return [
        len({h.phrase for h in automaton.find([w.folded for w in tokens.read(t).words])})
        for t in texts
    ]


def by_patterns(patterns: Sequence[re.Pattern[str]], texts: Sequence[str]) -> list[int]:
    """The same by one search for each phrase."""
    folded = (" ".join(w.folded for w in tokens.read(t).words) for t in texts)
    return [sum(p.search(t) is not None for p in patterns) for t in folded]


def compiled(phrases: Sequence[Phrase]) -> list[re.Pattern[str]]:
    return [re.compile(rf"(?<!\S){re.escape(' '.join(p))}(?!\S)") for p in phrases]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--headlines", type=int, default=10_000)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    count = 500 if args.quick else args.headlines
    reader = shipped()
    phrases = reader.automaton.phrases
    many = (*phrases, *((f"x{i}", *p) for i in range(9) for p in phrases))
    texts = titles(count, phrases)
    some = texts[: max(50, count // 20)]  # the patterns are slow: timed on fewer, told per title
    for name, group in (("shipped", phrases), ("ten times as many", many)):
        automaton, patterns = Automaton(group), compiled(group)
        if by_walk(automaton, some[:50]) != by_patterns(patterns, some[:50]):
            raise SystemExit("the two sides disagree")
        start = time.perf_counter()
        by_walk(automaton, texts)
        walk = (time.perf_counter() - start) / len(texts)
        start = time.perf_counter()
        by_patterns(patterns, some)
        naive = (time.perf_counter() - start) / len(some)
        steps = words = 0
        for text in texts:
            read = [w.folded for w in tokens.read(text).words]
            automaton.find(read)
            steps, words = steps + automaton.steps, words + len(read)
        print(
            f"{name}: {len(group)} phrases, one walk {walk * 1e6:.0f} us a title, one pattern each "
            f"{naive * 1e6:.0f} us, ratio {naive / walk:.0f}, {steps / words:.2f} steps a word"
        )
    start = time.perf_counter()
    for text in texts:
        reader.read(text)
    print(f"whole reading, {len(texts)} titles: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
