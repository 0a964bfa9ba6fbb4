"""Lint for templates: literal text may hold no digit, no number word and no banned word."""

from __future__ import annotations

import re

from generator.model import Problem
from generator.write.check.lexicon import Lexicon, fold

MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>|&#?\w+;")
DIGIT = re.compile(r"\d[\d.,]*")


def lint_template_source(source: str, lexicon: Lexicon) -> list[Problem]:
    """Problems in the literal text of a Jinja template; offsets are code points of the source.

    Only what stands outside `{{ }}`, `{% %}` and `{# #}` is read: numbers and names in
    expressions become text through filters that trace them. A template that Jinja cannot read
    is one problem of the gate `template`.
    """
    from jinja2 import Environment, TemplateSyntaxError

    found: list[Problem] = []
    position = 0
    try:
        for line, kind, value in Environment().lex(source):
            start = source.find(value, position)
            position = position if start < 0 else start + len(value)
            if kind == "data":
                found += _lint(value, max(start, 0), line, lexicon)
    except TemplateSyntaxError as problem:
        return [Problem("template", "error", f"line {problem.lineno}: {problem.message}")]
    return found


def _lint(value: str, offset: int, line: int, lexicon: Lexicon) -> list[Problem]:
    low = MARKUP.sub(lambda m: " " * len(m[0]), fold(value))
    exempt = [m.span() for m in lexicon.numerals.exempt.finditer(low)]
    found = []

    def add(gate: str, m: re.Match[str], why: str, warning: bool = False) -> None:
        at = line + value.count("\n", 0, m.start())
        message = f"line {at}: {m[0]!r} {why}"
        span = (m.start() + offset, m.end() + offset)
        found.append(Problem(gate, "warning" if warning else "error", message, 0, *span))

    for m in DIGIT.finditer(low):
        add("numbers", m, "is a digit in literal text; print a metric")
    for m in lexicon.numerals.word.finditer(low):
        if not any(a <= m.start() < b for a, b in exempt):
            add("numbers", m, "is a number word in literal text; print a metric")
    for i, m in lexicon.banned.finditer(low):
        entry = lexicon.entries[i]
        add(entry.category, m, entry.why, entry.severity == "warning")
    return sorted(found, key=lambda p: (p.start, p.gate))
