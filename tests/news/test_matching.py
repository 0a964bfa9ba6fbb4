"""Every phrase is found, at word boundaries, in time linear in the text."""

from __future__ import annotations

import random

import pytest

from generator.news import shipped, tokens
from generator.news.automaton import Automaton


def slow(phrases: list[tuple[str, ...]], words: list[str]) -> set[tuple[int, int, int]]:
    return {
        (n, i, i + len(p))
        for n, p in enumerate(phrases)
        for i in range(len(words) - len(p) + 1)
        if tuple(words[i : i + len(p)]) == p
    }


@pytest.mark.parametrize("seed", range(30))
def test_the_automaton_finds_what_a_search_phrase_by_phrase_finds(seed: int) -> None:
    rng = random.Random(seed)
    phrases = sorted({tuple(rng.choices("ab c".split(), k=rng.randint(1, 4))) for _ in range(20)})
    words = rng.choices(["a", "ab", "c", "x"], k=60)
    found = {(h.phrase, h.start, h.end) for h in Automaton(phrases).find(words)}
    assert found == slow(phrases, words)


def test_the_steps_grow_with_the_text_and_not_with_the_phrases() -> None:
    """The worst text for a trie without links back: each place starts a long match that fails."""

    def steps(length: int, more: int) -> int:
        phrases = [("a",) * 7 + ("b",), *((f"w{i}", "a") for i in range(more))]
        automaton = Automaton(phrases)
        automaton.find(["a"] * length)
        return automaton.steps

    assert steps(2_000, 10) == steps(2_000, 5_000)
    assert steps(4_000, 10) - steps(2_000, 10) == 2 * 2_000
    assert steps(4_000, 10) <= 2 * 4_000  # never more than two steps a word, hits apart


def test_hits_at_a_word_are_at_most_as_many_as_the_longest_phrase_has_words() -> None:
    phrases = [("a",) * n for n in range(1, 9)]
    assert len(Automaton(phrases).find(["a"] * 500)) <= 8 * 500


def test_the_shipped_phrases_cost_a_few_steps_a_word() -> None:
    automaton = shipped().automaton
    words = [w.folded for w in tokens.read("Bitcoin and the SEC charge a firm " * 200).words]
    automaton.find(words)
    assert automaton.steps <= 4 * len(words)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Bitcoin's fall", ["bitcoin", "fall"]),
        ("Bitcoin’s fall", ["bitcoin", "fall"]),
        ("de-pegs at 5,000", ["de", "pegs", "at", "5,000"]),
        ("Pump.fun and $NEAR", ["pump.fun", "and", "near"]),
        ("ＢＴＣ rises", ["btc", "rises"]),  # full-width letters
        ("Bit\u200bcoin rises", ["bitcoin", "rises"]),
        ("\u202eBitcoin", ["bitcoin"]),
        ("Вitсоin rises", ["bitcoin", "rises"]),  # three Cyrillic letters
        ("", []),
        ("—!?", []),
    ],
)
def test_a_title_is_read_as_words(title: str, words: list[str]) -> None:
    assert [w.folded for w in tokens.read(title).words] == words


@pytest.mark.parametrize("title", ["Вitсоin rises", "Bit\u200bcoin rises", "\u202eBitcoin rises"])
def test_a_disguise_is_noticed(title: str) -> None:
    assert tokens.read(title).disguised


@pytest.mark.parametrize("title", ["Bitcoin rises", "Zürich’s café lists ETH", "Биткоин растёт"])
def test_an_honest_title_is_not_called_a_disguise(title: str) -> None:
    assert not tokens.read(title).disguised
