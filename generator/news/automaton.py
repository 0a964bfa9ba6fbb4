"""Every phrase of every theme and name, found in one walk over a title (Aho and Corasick, 1975).

The letters of this automaton are whole words, so a phrase begins and ends at word boundaries by
construction. A step costs the same however many phrases there are: at most twice as many steps as
words, and at each word at most as many hits as the longest phrase has words.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase (its number) from the word `start` up to, not including, the word `end`."""

    phrase: int
    start: int
    end: int


class Automaton:
    """phrases: distinct, each of at least one word; `find` names them by their place in there."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self.phrases = tuple(phrases)
        self._next: list[dict[str, int]] = [{}]
        self._ends: list[int] = [-1]  # the phrase that ends in a state
        for number, phrase in enumerate(self.phrases):
            self._ends[self._grown(phrase)] = number
        self._back = [0] * len(self._next)  # the longest proper suffix that is a state
        self._shorter = [0] * len(self._next)  # the nearest suffix in which a phrase ends
        self._link()
        self.steps = 0  # of the last search: for the proof that it is linear

    def _grown(self, phrase: Phrase) -> int:
        state = 0
        for word in phrase:
            if word not in self._next[state]:
                self._next[state][word] = len(self._next)
                self._next.append({})
                self._ends.append(-1)
            state = self._next[state][word]
        return state

    def _link(self) -> None:
        waiting = deque(self._next[0].values())
        while waiting:
            state = waiting.popleft()
            for word, child in self._next[state].items():
                back = self._back[state]
                while back and word not in self._next[back]:
                    back = self._back[back]
                back = self._next[back].get(word, 0)
                self._back[child] = back
                self._shorter[child] = back if self._ends[back] >= 0 else self._shorter[back]
                waiting.append(child)

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Every occurrence of every phrase, by where it ends, the longest first."""
        hits, state, steps = [], 0, 0
        for place, word in enumerate(words):
            while state and word not in self._next[state]:
                state, steps = self._back[state], steps + 1
            state, steps = self._next[state].get(word, 0), steps + 1
            ending = state if self._ends[state] >= 0 else self._shorter[state]
            while ending:
                number = self._ends[ending]
                hits.append(Hit(number, place + 1 - len(self.phrases[number]), place + 1))
                ending, steps = self._shorter[ending], steps + 1
        self.steps = steps
        return hits
