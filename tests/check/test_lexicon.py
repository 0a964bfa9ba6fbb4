"""Every pattern of the shipped lexicon against its own examples, and the known misses of old."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from generator.errors import TemplateError
from generator.write.check import Lexicon, check_text, parse_lexicon, read_lexicon
from generator.write.check.alternation import alternation, beginnings
from generator.write.check.lexicon import fold

NOW = 1_772_265_600_000  # 2026-02-28 08:00:00 UTC
ROOT = Path(__file__).resolve().parents[2]

LEXICAL = {
    "causality", "advice", "promise", "motive", "actors", "certainty", "filler", "ai_tells", "emotion",
}  # fmt: skip


def flagged(lexicon: Lexicon, text: str) -> set[str]:
    """Gates of words that speak up about a text."""
    problems = check_text(text, lexicon=lexicon, now=NOW)
    return {p.gate for p in problems if p.gate in LEXICAL | {"licence"}}


def test_every_pattern_finds_its_must_flag_examples(lexicon: Lexicon) -> None:
    for entry in lexicon.entries:
        alone = re.compile(rf"\b(?:{entry.pattern})")
        for text in entry.flag:
            assert alone.search(fold(text)), (entry.category, entry.pattern, text)
            # In the alternation another pattern may take the words first; something must.
            assert next(lexicon.banned.finditer(fold(text)), None), text


def test_no_pattern_finds_its_must_pass_examples(lexicon: Lexicon) -> None:
    for entry in lexicon.entries:
        for text in entry.passes:
            hits = [lexicon.entries[i] for i, _ in lexicon.banned.finditer(fold(text))]
            assert entry.category not in {e.category for e in hits}, (entry.pattern, text)


def test_every_category_has_ten_examples_each_way(lexicon: Lexicon) -> None:
    flags, passes = Counter[str](), Counter[str]()
    for entry in lexicon.entries:
        flags[entry.category] += len(entry.flag)
        passes[entry.category] += len(entry.passes)
    assert set(flags) == LEXICAL
    assert min(flags.values()) >= 10, flags
    assert min(passes.values()) >= 10, passes
    assert sum(len(n.flag) for n in lexicon.needs) >= 10
    assert sum(len(n.passes) for n in lexicon.needs) >= 10


def test_words_that_need_a_rule_are_found_and_their_neighbours_are_not(lexicon: Lexicon) -> None:
    for i, need in enumerate(lexicon.needs):
        for text in need.flag:
            assert any(n == i for n, _ in lexicon.needed.finditer(fold(text))), text
        for text in need.passes:
            assert not any(n == i for n, _ in lexicon.needed.finditer(fold(text))), text


@pytest.mark.parametrize(
    "text",
    [
        "Settlement is scheduled to print",
        "BTC failed to hold its low",
        "negative for the third time today",
        "Taker buy quote volume",
        "the risk-free rate",
        "payrolls are due to land",
        "The Fed is set to publish",
        "the re-entry",
        "Bybit triggered its ADL queue",
        "A second venue confirms the low",
    ],
)
def test_what_an_older_lexicon_flagged_wrongly_passes(lexicon: Lexicon, text: str) -> None:
    assert flagged(lexicon, text) == set()


def test_the_noun_sell_off_is_no_advice_but_needs_a_fall(lexicon: Lexicon) -> None:
    assert flagged(lexicon, "The sell-off ran for an hour.") == {"licence"}


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("BTC slid as investors fled", "motive"),
        ("BTC fell, which came as Base halted", "causality"),
        ("The print sent ETH lower", "causality"),
        ("Buoyed by rate-cut hopes, BTC rose", "causality"),
        ("The fall reflects profit-taking", "causality"),
        ("A day of profit-taking", "motive"),
        ("ETH is poised for a rebound", "promise"),
        ("BTC is expected to rise", "promise"),
        ("BTC looks set to test its low", "promise"),
        ("You cannot lose", "promise"),
        ("Smart-money wallets bought", "actors"),
        ("A good level to own ETH", "advice"),
        ("Money flowed out of majors", "licence"),
        ("ETH decoupled from BTC", "licence"),
        ("The fall coincided with the outage", "causality"),
    ],
)
def test_what_an_older_lexicon_missed_is_flagged(lexicon: Lexicon, text: str, gate: str) -> None:
    assert gate in flagged(lexicon, text)


@pytest.mark.parametrize("text", ["1,551 here", "2.7 dollars", "in the spotlight", "the 24th"])
def test_a_word_that_only_looks_like_a_window_or_a_venue_is_none(
    lexicon: Lexicon, text: str
) -> None:
    assert not lexicon.dates.label.search(text)
    assert not lexicon.scope.search(text)


@pytest.mark.parametrize(
    ("text", "is_as_of"),
    [
        ("At 06:00 UTC BTC is at a low", True),
        ("As of 06:00 UTC on 26 June", True),
        ("2026-06-26 06:00 UTC", True),
        ("2026-06-26T06:00Z", True),
        ("2026-06-26", False),
        ("at 06:00", False),
        ("from 13:00 to 14:00 UTC", False),
    ],
)
def test_an_as_of_has_a_clock_and_a_zone(lexicon: Lexicon, text: str, is_as_of: bool) -> None:
    assert bool(lexicon.dates.as_of.search(fold(text))) is is_as_of


def test_curly_quotes_and_narrow_spaces_hide_nothing(lexicon: Lexicon) -> None:
    assert "advice" in flagged(lexicon, "Don’t miss this.")
    assert "promise" in flagged(lexicon, "It can’t lose.")
    assert "causality" in flagged(lexicon, "It rose thanks\u00a0to the Fed.")


def test_folding_moves_no_character() -> None:
    every = "".join(map(chr, range(0x3000)))
    assert len(fold(every)) == len(every)
    assert fold("ÁRBOL “Don’t” ×2 BTC") == 'árbol "don\'t" ×2 btc'


def test_a_lexicon_without_a_section_says_which_one_is_missing() -> None:
    with pytest.raises(TemplateError, match="patterns"):
        parse_lexicon({"language": "en"}, "en.yaml")


@pytest.mark.parametrize("pattern", ["(a|b)", ".*x", r"\wx", "(?:a"])
def test_a_pattern_that_cannot_be_sorted_is_refused(pattern: str) -> None:
    with pytest.raises((ValueError, re.error)):
        alternation([pattern])


def test_the_first_letters_of_a_pattern_are_known() -> None:
    assert beginnings("(?:in|out)?flows?") == {"inflow", "outflo", "flow", "flows"}
    assert beginnings("(?<!re-)entry") == {"entry"}
    assert beginnings(r"\d+x|to the moon") == {*"0123456789", "to the"}
    assert beginnings("ab+c|de*f|gh{2}i|j[kl]?m|no(?:p|q\\b)r") >= {"ab", "de", "df", "gh", "j"}


def test_letters_worked_out_beforehand_find_what_trying_every_pattern_finds(
    lexicon: Lexicon,
) -> None:
    for tried in (lexicon.banned, lexicon.needed):
        listed = [re.compile(rf"\b(?:{p})") for p in tried.patterns]
        texts = [t for e in lexicon.entries for t in (*e.flag, *e.passes)]
        texts += [t for n in lexicon.needs for t in (*n.flag, *n.passes)]
        for text in (*map(fold, texts), fold(" ".join(texts))):
            want, at = [], 0
            while at <= len(text):
                hits = [(i, m) for i, p in enumerate(listed) if (m := p.match(text, at))]
                want += [(i, m.span()) for i, m in hits[:1]]
                at = max(at + 1, hits[0][1].end() if hits else 0)
            assert [(i, m.span()) for i, m in tried.finditer(text)] == want, text


def test_a_lexicon_that_was_kept_says_the_same_and_a_changed_file_is_read_anew(
    lexicon: Lexicon, tmp_path: Path
) -> None:
    shipped = (ROOT / "templates" / "en" / "lexicon.yaml").read_text(encoding="utf-8")
    path, cache = tmp_path / "lexicon.yaml", tmp_path / "cache"
    path.write_text(shipped, encoding="utf-8")
    assert read_lexicon(path, cache) == read_lexicon(path, cache) == lexicon
    assert len(list(cache.iterdir())) == 1
    path.write_text(shipped.replace("because", "becauze"), encoding="utf-8")
    changed = read_lexicon(path, cache)
    assert "causality" in flagged(changed, "It fell becauze.")
    (kept,) = (p for p in cache.iterdir() if "becauze" in p.read_text(encoding="utf-8"))
    kept.write_text("{", encoding="utf-8")  # half a file, as a full disk leaves
    assert read_lexicon(path, cache) == changed


@pytest.mark.parametrize("wrong", ["bec(?:ause", "bec(ause)"])
def test_a_kept_lexicon_had_every_pattern_compiled(tmp_path: Path, wrong: str) -> None:
    shipped = (ROOT / "templates" / "en" / "lexicon.yaml").read_text(encoding="utf-8")
    path = tmp_path / "lexicon.yaml"
    path.write_text(shipped.replace(r"because\b", wrong), encoding="utf-8")
    with pytest.raises(TemplateError):
        read_lexicon(path, tmp_path / "cache")
    assert not list(tmp_path.glob("cache/*"))


def test_the_article_that_started_it_fails_every_gate_of_words(
    lexicon: Lexicon, reference: Path
) -> None:
    text = (reference / "source-article.txt").read_text(encoding="utf-8")
    gates = {p.gate for p in check_text(text, lexicon=lexicon, now=NOW)}
    wanted = {"advice", "motive", "actors", "certainty", "emotion", "filler", "licence", "scope"}
    assert wanted <= gates


ALL = sorted(p.parent.name for p in (ROOT / "templates").glob("*/lexicon.yaml"))


@pytest.mark.parametrize("lang", ALL)
def test_every_example_of_every_language_is_flagged_or_passes(lang: str) -> None:
    own = read_lexicon(ROOT / "templates" / lang / "lexicon.yaml")
    flags = Counter[str]()
    for entry in own.entries:
        flags[entry.category] += len(entry.flag)
        for text in entry.flag:
            assert next(own.banned.finditer(fold(text)), None), (entry.pattern, text)
        for text in entry.passes:
            hits = {own.entries[i].category for i, _ in own.banned.finditer(fold(text))}
            assert entry.category not in hits, (entry.pattern, text)
    for i, need in enumerate(own.needs):
        for text in need.flag:
            assert any(n == i for n, _ in own.needed.finditer(fold(text))), (need.words, text)
        for text in need.passes:
            assert not any(n == i for n, _ in own.needed.finditer(fold(text))), (need.words, text)
    for claim in own.claims:
        assert all(claim.words.search(fold(text)) for text in claim.flag), claim.words.pattern
        assert not any(claim.words.search(fold(text)) for text in claim.passes)
    assert set(flags) == LEXICAL
    assert min(flags.values()) >= 4, flags
