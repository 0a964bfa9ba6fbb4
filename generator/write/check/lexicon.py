"""The words of one language as the gates use them, compiled once from a YAML file.

The file says which words exist, what licenses them, and by which examples each pattern is tested.
Reading it is the only thing here that touches a disk; everything else is a pure function of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from generator.errors import TemplateError
from generator.write.check.alternation import Alternation, alternation
from generator.write.check.alternation import __file__ as alternation_file

Severity = Literal["error", "warning"]

STARTS = "starts of patterns"  # worked out once, kept beside the parsed file

_FOLD = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "\u2009": " ", "‑": "-"}
    | {chr(c): chr(c + 32) for c in range(ord("A"), ord("Z") + 1)}
)


def fold(text: str) -> str:
    """Lower case (ASCII), plain quotes, spaces and hyphens; every code point keeps its place."""
    return text.translate(_FOLD)


@dataclass(frozen=True, slots=True)
class Entry:
    """One pattern that never stands, with the reason and the examples that test it."""

    category: str
    pattern: str
    why: str
    severity: Severity
    flag: tuple[str, ...]
    passes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """Words that stand only where a rule, or a rule of a family, fired."""

    words: str
    rules: tuple[str, ...]
    families: tuple[str, ...]
    gate: str
    flag: tuple[str, ...]
    passes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb for a move: sign -1 down, +1 up; size 0 little to 4 extreme."""

    sign: int
    size: int


@dataclass(frozen=True)
class Lexicon:
    """A language's words, compiled. Texts are given to it folded (`fold`).

    The numbers that `banned` and `needed` yield are indices into `entries` and `needs`.
    """

    language: str
    entries: tuple[Entry, ...]
    needs: tuple[Need, ...]
    verbs: Mapping[str, tuple[Verb, ...]]
    words: Mapping[str, Any]
    banned: Alternation
    needed: Alternation
    verb: re.Pattern[str]
    slow: re.Pattern[str]
    directions: Mapping[str, int]  # word -> sign, of a change
    sides: Mapping[str, int]  # word -> sign, of a level against another
    direction: re.Pattern[str]
    side: re.Pattern[str]
    number: re.Pattern[str]
    exempt: re.Pattern[str]
    number_words: Mapping[str, float]
    fractions: Mapping[str, float]
    suffix: re.Pattern[str]
    suffixes: Mapping[str, float]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    window: re.Pattern[str]
    window_hours: Mapping[str, float]
    windows: re.Pattern[str]
    as_of: re.Pattern[str]
    topics: Mapping[str, re.Pattern[str]]
    topic: re.Pattern[str]
    scope: re.Pattern[str]
    funding_interval: re.Pattern[str]
    funding_kind: re.Pattern[str]
    coherence: Mapping[str, re.Pattern[str]]
    coherent: re.Pattern[str]  # any of them, asked first
    aliases: Mapping[str, str]  # folded name -> ticker
    neutral_tags: frozenset[str]
    joiners: re.Pattern[str]
    furniture: Mapping[str, re.Pattern[str]]


def read_lexicon(path: Path, cache: Path | None = None) -> Lexicon:
    """Read and compile a lexicon file. Raises TemplateError when it cannot be used.

    cache: a folder of the user's own where the parsed file is kept; sound patterns are then not
    compiled again before a text needs them.
    """
    from generator.kept import digest, kept

    try:
        text = path.read_bytes()
        key = digest([text, Path(__file__).read_bytes(), Path(alternation_file).read_bytes()])
        raw = kept(cache, "lexicon", key, lambda: _sound(text, path))
    except OSError as problem:
        raise TemplateError(str(path), f"cannot be read: {problem}", "mend the file") from None
    return parse_lexicon(raw, str(path))


def _sound(text: bytes, path: Path) -> Any:
    """The plain data of a file of which every pattern compiles."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        raw = yaml.load(text.decode("utf-8"), loader)
    except (UnicodeDecodeError, yaml.YAMLError) as problem:
        raise TemplateError(str(path), f"cannot be read: {problem}", "mend the file") from None
    if isinstance(raw, dict):
        raw.pop(STARTS, None)  # a file may not say where its own patterns are tried
    lexicon = parse_lexicon(raw, str(path))
    for pattern in (*lexicon.banned.patterns, *lexicon.needed.patterns):
        _tried(pattern, str(path))
    tried = (lexicon.banned.starts, lexicon.needed.starts)
    return raw | {STARTS: [{k: list(v) for k, v in starts.items()} for starts in tried]}


def _tried(pattern: str, subject: str) -> None:
    try:
        re.compile(pattern)
    except re.error as problem:
        what = f"{pattern!r}: {problem}"
        raise TemplateError(subject, what, "mend the pattern") from None


def parse_lexicon(raw: Any, subject: str = "lexicon") -> Lexicon:
    """Compile a lexicon from the plain data of its file."""
    try:
        return _compile(raw)
    except KeyError as problem:
        raise TemplateError(subject, f"has no {problem}", "compare with the shipped file") from None
    except re.error as problem:
        what = f"{problem.pattern!r}: {problem}"
        raise TemplateError(subject, what, "mend the pattern") from None
    except (TypeError, AttributeError, ValueError) as problem:
        what = f"has another shape than expected ({problem})"
        raise TemplateError(subject, what, "compare with the shipped file") from None


def _words(words: Iterable[str], ending: str = r"(?![\w-])") -> re.Pattern[str]:
    """A pattern for whole words, the longest first so that `fell sharply` wins over `fell`."""
    chosen = sorted({fold(str(w)) for w in words}, key=lambda w: (-len(w), w))
    return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, chosen)) + ")" + ending)


def _any(patterns: Iterable[str], start: str = "") -> re.Pattern[str]:
    return re.compile(start + "(?:" + "|".join(patterns) + ")")


def _entries(raw: Mapping[str, Any]) -> tuple[Entry, ...]:
    found = []
    for category, group in raw.items():
        listed = group if isinstance(group, list) else group["list"]
        severity: Severity = "error"
        if isinstance(group, dict) and group.get("severity") == "warning":
            severity = "warning"
        for e in listed:
            found.append(
                Entry(category, e["p"], e["why"], severity, tuple(e["flag"]), tuple(e["pass"]))
            )
    return tuple(found)


def _needs(raw: Iterable[Mapping[str, Any]]) -> tuple[Need, ...]:
    return tuple(
        Need(
            words=n["words"],
            rules=tuple(n["rules"]),
            families=tuple(n.get("families", ())),
            gate=n.get("gate", "licence"),
            flag=tuple(n["flag"]),
            passes=tuple(n["pass"]),
        )
        for n in raw
    )


def _verbs(raw: Mapping[str, Mapping[str, list[str]]]) -> dict[str, tuple[Verb, ...]]:
    verbs: dict[str, tuple[Verb, ...]] = {}
    for direction, sign in (("down", -1), ("up", 1)):
        for size, band in enumerate(("little", "slight", "normal", "sharp", "extreme")):
            for word in raw[direction][band]:
                verbs[fold(word)] = (*verbs.get(fold(word), ()), Verb(sign, size))
    return verbs


def _signs(raw: Mapping[str, list[str]]) -> dict[str, int]:
    return {fold(w): s for k, s in (("negative", -1), ("positive", 1)) for w in raw[k]}


def _compile(raw: Mapping[str, Any]) -> Lexicon:
    entries, needs = _entries(raw["patterns"]), _needs(raw["needs_rule"])
    banned, needed = raw.get(STARTS, (None, None))
    numbers, dates, scope = raw["numbers"], raw["dates"], raw["scope"]
    verbs, change = _verbs(raw["verbs"]), _signs(raw["directions"]["change"])
    level = _signs(raw["directions"]["level"])
    units = {str(k): 1.0 for k in numbers["times"]} | {str(k): -1.0 for k in numbers["percent"]}
    units |= {str(k): -2.0 for k in numbers["basis"]}
    units |= {str(k): float(v) for k, v in numbers["suffixes"].items()}
    counts = "|".join(sorted(map(re.escape, numbers["words"]), key=len, reverse=True))
    hours = "|".join(sorted(dates["units"], key=len, reverse=True))
    spelled = sorted(map(re.escape, units), key=len, reverse=True)
    topics = {k: _any(v, r"\b") for k, v in scope["topics"].items()}
    venues = [r"\b" + re.escape(v) + r"\b" for v in scope["venues"]]
    return Lexicon(
        language=raw["language"],
        entries=entries,
        needs=needs,
        verbs=verbs,
        words=raw["verbs"],
        banned=alternation((e.pattern for e in entries), banned),
        needed=alternation((n.words for n in needs), needed),
        verb=_words(verbs),
        slow=_words(raw["slow_verbs"]),
        directions=change,
        sides=level,
        direction=_words(change),
        side=_words(level),
        number=_words(numbers["words"], r"(?!\w)"),
        exempt=_words(numbers["exempt"]),
        number_words={k: float(v) for k, v in numbers["words"].items()},
        fractions={k: float(v) for k, v in numbers["fractions"].items()},
        suffix=re.compile(r"[ -]?(" + "|".join(spelled) + r")(?![a-z0-9])"),
        suffixes=units,
        months=tuple(dates["months"]),
        weekdays=tuple(dates["weekdays"]),
        window=re.compile(rf"(?<![\w.,])(\d+|{counts})[ -]?({hours})\b"),
        window_hours={k: float(v) for k, v in dates["units"].items()},
        windows=_any(dates["window"]),
        as_of=_any(dates["as_of"]),
        topics=topics,
        topic=_any(f"(?:{p.pattern})" for p in topics.values()),
        scope=_any([*venues, *scope["across"]]),
        funding_interval=_any(scope["funding_interval"]),
        funding_kind=_any(scope["funding_kind"]),
        coherence={k: _any(v, r"\b") for k, v in raw["coherence"].items()},
        coherent=_any((p for v in raw["coherence"].values() for p in v), r"\b"),
        aliases={fold(n): t for t, names in raw["assets"].items() for n in names},
        neutral_tags=frozenset(raw["neutral_tags"]),
        joiners=_words(raw["conflict_joiners"]),
        furniture={k: _any(v) for k, v in raw["must_have"].items()},
    )
