"""Literal text of templates: no digit, no number word, no banned word; expressions are left alone."""

from __future__ import annotations

import pytest

from generator.write.check import Lexicon, lint_template_source


@pytest.mark.parametrize(
    "source",
    [
        "{{ f.asset }} fell {{ f.return_24h | percent(1) }} in {{ f.return_24h | window }}.",
        "{% if f.rank >= 95 %}near its high{% endif %}{# 3 sentences, because of style #}",
        "{{ 'literal 7' }}",
        '<h2 class="t1">Lead</h2>&#8239;',
        "Funding is above zero.",
    ],
)
def test_a_clean_template_has_no_problem(lexicon: Lexicon, source: str) -> None:
    assert lint_template_source(source, lexicon) == []


@pytest.mark.parametrize(
    ("source", "gate", "words"),
    [
        ("{{ f.asset }} fell 3 points", "numbers", "3"),
        ("the third settlement", "numbers", "third"),
        ("{{ a }}\n\nabout half of it", "numbers", "half"),
        ("It fell because {{ f.headline }}", "causality", "because"),
        ("{% if x %}Smart money sold{% endif %}", "actors", "smart money"),
        ("{% raw %}in 24 h{% endraw %}", "numbers", "24"),
        ("Time to buy {{ f.asset }}", "advice", "time to buy"),
    ],
)
def test_a_forbidden_word_is_found_where_it_stands(
    lexicon: Lexicon, source: str, gate: str, words: str
) -> None:
    problems = [p for p in lint_template_source(source, lexicon) if p.gate == gate]
    assert [source[p.start : p.end].lower() for p in problems][:1] == [words]


def test_a_problem_names_its_line(lexicon: Lexicon) -> None:
    (problem,) = lint_template_source("{{ a }}\n\nabove 5 or so\n", lexicon)
    assert problem.message == "line 3: '5' is a digit in literal text; print a metric"


def test_a_template_that_cannot_be_read_is_one_problem(lexicon: Lexicon) -> None:
    (problem,) = lint_template_source("{{ a ]}}", lexicon)
    assert problem.gate == "template"
