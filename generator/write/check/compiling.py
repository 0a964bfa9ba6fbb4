"""Reading a language's lexicon file: from plain data to compiled patterns.

Reading the file is the only thing here that touches a disk; sound patterns are kept in the user's
cache and not compiled again before a text needs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generator.errors import TemplateError
from generator.write.check.alternation import __file__ as alternation_file
from generator.write.check.alternation import alternation
from generator.write.check.lexicon import (
    Claim,
    Dates,
    Entry,
    Lexicon,
    Need,
    Numerals,
    Order,
    Severity,
    Signs,
    Verb,
    fold,
)
from generator.write.check.script import Script, initials

BEHIND = ("passed", "begun", "since", "then", "after_then")
TOLD_AS = ("latest", "average", "both", "hour", "calendar_day", "ratio_to")
DIGIT = r"\d"
NEVER = ("(?!)",)  # what a language that lists none of something finds
NO_SIGNS: Mapping[str, list[str]] = {"negative": [], "positive": [], "neither": ["\0"]}
STARTS = "starts of patterns"  # worked out once, kept beside the parsed file
MARKS = r"[;—()，；：（）、]|:(?!\d)|,\s|\s–\s"  # a clause ends at them in any language


def read_lexicon(path: Path, cache: Path | None = None) -> Lexicon:
    """Read and compile a lexicon file. Raises TemplateError when it cannot be used.

    cache: a folder of the user's own where the parsed file is kept.
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
            numbered=bool(n.get("numbered", False)),
            of_asset=bool(n.get("of_asset", False)),
            of_topic=bool(n.get("of_topic", False)),
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


def _signs(script: Script, raw: Mapping[str, list[str]]) -> Signs:
    signs = (("negative", -1), ("positive", 1), ("neither", 0))
    of = {fold(w): s for k, s in signs for w in (raw.get(k, ()) if s == 0 else raw[k])}
    return Signs(script.words(of), of)


def _numerals(script: Script, raw: Mapping[str, Any]) -> Numerals:
    units = {str(k): float(v) for k, v in raw["suffixes"].items()}
    for name, kind in (("times", 1.0), ("percent", -1.0), ("basis", -2.0), ("points", -3.0)):
        units |= {str(k): kind for k in raw[name]}
    spelled = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    words = {k: float(v) for k, v in raw["words"].items()}
    share = raw.get("share") or {}
    return Numerals(
        decimal=raw["decimal"],
        group=raw["group"],
        words=words,
        fractions={k: float(v) for k, v in raw["fractions"].items()},
        multiples={k: float(v) for k, v in raw["multiples"].items()},
        word=_number_words(script, words),
        begins=alternation(map(re.escape, words), cjk=script.cjk),
        exempt=script.words(raw["exempt"]),
        suffix=script.compile(rf"[ -]?({spelled})(?![a-z0-9])"),
        suffixes=units,
        money=script.compile("(?:" + "|".join(raw["money"]["before"]) + ")$"),
        money_after=script.any(raw["money"]["after"]),
        share_before=script.compile("(?:" + "|".join(share.get("before") or NEVER) + ")$"),
        share_after=script.any(share.get("after") or NEVER),
    )


def _number_words(script: Script, words: Iterable[str]) -> re.Pattern[str]:
    """Number words in a row are one number: `ninety-nine`, `two thirds`."""
    if script.cjk:
        return script.words(words)
    one = "|".join(sorted(map(re.escape, words), key=lambda w: (-len(w), w)))
    return script.compile(initials(words) + rf"(?<![\w-])(?:{one})(?:[ -](?:{one}))*(?!\w)")


def _dates(script: Script, raw: Mapping[str, Any], numbers: Mapping[str, Any]) -> Dates:
    counts = "|".join(sorted(map(re.escape, numbers["words"]), key=len, reverse=True))
    units = "|".join(sorted(map(script.unit, raw["units"]), key=len, reverse=True))
    names = {n for m in raw["months"] for n in ((m,) if script.cjk else (m, m[:3]))}
    months = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    counted = counts if script.cjk else rf"(?:{counts})(?=[ -])"  # no day in "doubled"
    minutes = [re.escape(m) for m in raw.get("more_lengths") or ["min"]]
    alone = r"(?<![\d.,])" if script.cjk else r"(?<![\w.,])"
    begun = initials(numbers["words"], DIGIT)
    iso = r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)"
    return Dates(
        months=tuple(raw["months"]),
        weekdays=tuple(raw["weekdays"]),
        patterns=tuple(
            script.compile(p.replace("{month}", f"(?P<month>{months})"))
            for p in (iso, *raw["dates"])
        ),
        year=script.any(raw["year"]),
        window=script.compile(rf"{begun}{alone}(\d+|{counted})[ -]?({units})" + script.edge),
        hours={k: float(v) for k, v in raw["units"].items()},
        label=script.any(raw["window"]),
        per=script.compile("(?:" + "|".join(raw["per"]) + ")$"),
        lengths=frozenset(raw["lengths"]),
        length=script.compile(rf"(?<![a-z])(?:{units}|{'|'.join(minutes)})" + script.edge),
        counted=script.compile("(?:" + "|".join(raw["counted"]) + ")$"),
        counted_after=script.any(raw.get("counted_after") or ["(?!)"]),
        as_of=script.any(raw["as_of"]),
        stamp=script.compile("(?:" + "|".join(raw["stamp"]) + ")$"),
    )


def _claims(script: Script, raw: Iterable[Mapping[str, Any]]) -> tuple[Claim, ...]:
    return tuple(
        Claim(
            script.any([c["p"]], script.edge),
            c["metric"],
            float(c.get("least", "-inf")),
            float(c.get("most", "inf")),
            str(c.get("of", "")),
            tuple(c["flag"]),
            tuple(c["pass"]),
        )
        for c in raw
    )


def _order(script: Script, raw: Mapping[str, Any]) -> Order:
    def ends(words: Iterable[str]) -> re.Pattern[str]:
        listed = "|".join(words)
        return script.compile(rf"(?:{listed})$" if script.cjk else rf"(?<!\w)(?:{listed})$")

    return Order(
        before=ends(raw["before"]),
        after=ends(raw["after"]),
        opens=ends(raw["opens"]),
        joins=script.compile("(?:" + "|".join(raw["joins"]) + ")"),
        event_first=script.any(raw["event_first"]),
        move_first=script.any(raw["move_first"]),
        **{k: script.any(raw.get(k) or NEVER) for k in BEHIND},
    )


def _clause(script: Script, words: Iterable[str]) -> re.Pattern[str]:
    listed = "|".join(map(re.escape, words))
    joined = listed if script.cjk else rf"\b(?:{listed})\b"
    return script.compile(f"{MARKS}|{joined}" if listed else MARKS)


def _compile(raw: Mapping[str, Any]) -> Lexicon:
    script = Script(raw.get("script") == "cjk")
    entries, needs = _entries(raw["patterns"]), _needs(raw["needs_rule"])
    banned, needed = raw.get(STARTS, (None, None))
    scope, signs, verbs = raw["scope"], raw["directions"], _verbs(raw["verbs"])
    topics = {k: script.any(v, script.edge) for k, v in scope["topics"].items()}
    venues = [script.word(v) if script.cjk else rf"\b{re.escape(v)}\b" for v in scope["venues"]]
    any_venue = "|".join(map(re.escape, sorted(scope["venues"], key=len, reverse=True)))
    return Lexicon(
        language=raw["language"],
        entries=entries,
        needs=needs,
        verbs=verbs,
        words=raw["verbs"],
        banned=alternation((e.pattern for e in entries), banned, cjk=script.cjk),
        needed=alternation((n.words for n in needs), needed, cjk=script.cjk),
        verb=script.words(verbs),
        slow=script.words(raw["slow_verbs"]),
        change=_signs(script, signs["change"]),
        side=_signs(script, signs["level"]),
        zero=_signs(script, signs["zero"]),
        extreme=_signs(script, signs["extreme"]),
        compare=_signs(script, signs["compare"]),
        position=_signs(script, signs["position"]),
        relative=_signs(script, signs.get("relative") or NO_SIGNS),
        moves=_signs(script, signs.get("moves") or NO_SIGNS),
        lists=_signs(script, signs["lists"]),
        or_less=script.any(signs.get("or_less") or NEVER),
        holds=script.words(signs["holds"]),
        would=script.words(signs["would"]),
        anaphor=script.words(signs.get("level_told") or ("\0",)),
        numerals=_numerals(script, raw["numbers"]),
        dates=_dates(script, raw["dates"], raw["numbers"]),
        order=_order(script, raw["order"]),
        between=script.any(raw["between_names"]),
        clause=_clause(script, raw["clauses"]),
        topics=topics,
        topic=script.any(f"(?:{p.pattern})" for p in topics.values()),
        aspects={k: script.any(v) for k, v in (scope.get("aspects") or {}).items()},
        markets={
            kind: script.compile(re.escape(str(form)).replace(r"\{n\}", f"(?P<venue>{any_venue})"))
            for kind, form in (scope.get("markets") or {}).items()
        },
        venue=script.any(venues),
        scope=script.any([*venues, *scope["across"]]),
        **{k: script.any(scope.get(k) or NEVER) for k in TOLD_AS},
        sizes=_signs(script, signs.get("sizes") or NO_SIGNS),
        funding_interval=script.any(scope["funding_interval"]),
        funding_kind=script.any(scope["funding_kind"]),
        coherence={k: script.any(v, script.edge) for k, v in raw["coherence"].items()},
        coherent=script.any((p for v in raw["coherence"].values() for p in v), script.edge),
        claims=_claims(script, raw["claims"]),
        differences=script.words(raw["differences"]),
        coverage={k: script.any(v) for k, v in raw["coverage"].items()},
        aliases={fold(n): t for t, names in raw["assets"].items() for n in names},
        capitals=frozenset(raw["capitals"]),
        neutral_tags=frozenset(raw["neutral_tags"]),
        joiners=script.words(raw["conflict_joiners"]),
        furniture={k: script.any(v) for k, v in raw["must_have"].items()},
    )
