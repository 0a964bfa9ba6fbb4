"""How long checking a note takes: `python -m benchmarks.checking`. Target: 2 ms for 300 words.

By processor time: other programs on the machine do not count.
"""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from generator.model import Draft
from generator.write.check import Known, check, check_text, read_lexicon
from tests.check.notes import FINDINGS, NOTE, NOW, STORY, UNITS, WINDOWS, draft, panel

ROUNDS = 200


def longer(made: Draft, words: int) -> Draft:
    """The note with its first paragraphs again behind it, traces and all, up to so many words."""
    text = made.segments[0]
    cut, move = 0, len(text)
    while len((text + text[:cut]).split()) < words:
        cut = text.index("\n\n", cut + 1)
    return dataclasses.replace(
        made,
        segments=(text + text[:cut],),
        numbers=made.numbers
        + tuple(
            dataclasses.replace(n, start=n.start + move, end=n.end + move)
            for n in made.numbers
            if n.end <= cut
        ),
        sentences=made.sentences
        + tuple(
            dataclasses.replace(s, start=s.start + move, end=s.end + move)
            for s in made.sentences
            if s.end <= cut
        ),
    )


def main() -> None:
    lexicon_path = Path(__file__).resolve().parents[1] / "templates" / "en" / "lexicon.yaml"
    start = time.process_time()
    lexicon = read_lexicon(lexicon_path)
    took = (time.process_time() - start) * 1e3
    print(f"read the lexicon: {took:.0f} ms, {len(lexicon.entries)} patterns")
    known, made = panel(), longer(draft(NOTE), 300)
    text = made.segments[0]
    words, numbers = len(text.split()), len(made.numbers)
    common: Any = {"lexicon": lexicon, "now": NOW}
    run = Known(known, lexicon, FINDINGS, UNITS, WINDOWS)
    traced: Any = {"story": STORY, "panel": known, "windows": WINDOWS, "findings": FINDINGS}
    runs: dict[str, Callable[[], object]] = {
        "check": partial(check, made, **traced, **common),
        "check_text": partial(check_text, text, known=run, **common),
    }
    for name, run in runs.items():
        run()
        times = []
        for _ in range(ROUNDS):
            start = time.process_time()
            run()
            times.append((time.process_time() - start) * 1e3)
        best, middle = min(times), statistics.median(times)
        size = f"{words} words, {numbers} traced numbers"
        print(f"{name}: {size}: median {middle:.2f} ms, best {best:.2f} ms")


if __name__ == "__main__":
    main()
