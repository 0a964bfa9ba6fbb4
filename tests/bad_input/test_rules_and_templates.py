"""Mistakes in rules, templates and scenarios of a working folder: file and line, exit code 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.folders import shipped_rules, shipped_templates
from tests.bad_input.program import QUIET, commentary, refuses

RULE = next(p for p in sorted(shipped_rules().rglob("*.yaml")) if p.stem == "daily_fall")
FURNITURE = shipped_templates() / "en" / "furniture.j2"
SIGN_OFF = "{{ house.sign_off }}"

IN_A_TEMPLATE = {
    "a loop without end": "{% for i in range(10**9) %}x{% endfor %}",
    "loops in loops": "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}",
    "a text too long": '{{ "a" * 10**9 }}',
    "a number too large": "{{ 10**10**9 }}",
    "a class": '{{ "".__class__.__mro__ }}',
    "a class of the view": "{{ house.__class__ }}",
    "a class by filter": '{{ ""|attr("__class__") }}',
    "a class by format": '{{ "{0.__class__}".format(1) }}',
    "format": '{{ "%999999999d"|format(1) }}',
    "center": '{{ "x"|center(999999999) }}',
    "xmlattr": '{{ {"a":1}|xmlattr }}',
    "ljust": '{{ "x".ljust(10**9) }}',
    "replace": '{{ ("x" * 1000)|replace("x", "y" * 100000) }}',
    "a file outside": '{% include "../../../../etc/passwd" %}',
    "a file of the system": '{% include "/etc/passwd" %}',
    "an import": '{% import "furniture.j2" as f %}{{ f }}',
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a block that shows itself": "{{ self.sign_off() }}",
    "itself": '{% include "furniture.j2" %}',
    "a sum": "{{ 7*7 }}",
    "a figure": "Bitcoin at 50,000",
    "a figure in words": "fifty percent",
    "an unknown name": "{{ hous.sign_off }}",
    "an unknown attribute": "{{ house.sign_of }}",
    "an unknown filter": "{{ house.sign_off|nofilter }}",
    "an unfinished tag": "{{ house.sign_off ",
    "an unfinished statement": "{% if %}",
    "one end too many": "{% endblock %}{% endblock %}",
    "a division by zero": "{{ 1/0 }}",
    "filler text": "{{ lipsum(100) }}",
}
QUICK = ("a loop without end", "a class", "a file outside")


@pytest.mark.parametrize(
    "what",
    [w if w in QUICK else pytest.param(w, marks=pytest.mark.evidence) for w in IN_A_TEMPLATE],
)
def test_a_template_that_does_what_it_may_not_is_refused_with_its_place(
    tmp_path: Path, what: str
) -> None:
    text = FURNITURE.read_text(encoding="utf-8")
    assert SIGN_OFF in text
    mine = tmp_path / "templates" / "en" / "furniture.j2"
    mine.parent.mkdir(parents=True)
    mine.write_text(text.replace(SIGN_OFF, IN_A_TEMPLATE[what]), encoding="utf-8")
    refuses(commentary(tmp_path, *QUIET), "furniture.j2")


@pytest.mark.parametrize(
    "text",
    [
        "\u202eesrever",
        "See https://example.org now",
        "Hello @everyone",
        "{% raw %}{{ x }}{% endraw %}",
    ],
)
def test_what_no_note_may_hold_stops_at_a_gate(tmp_path: Path, text: str) -> None:
    mine = tmp_path / "templates" / "en" / "furniture.j2"
    mine.parent.mkdir(parents=True)
    shipped = FURNITURE.read_text(encoding="utf-8")
    mine.write_text(shipped.replace(SIGN_OFF, text), encoding="utf-8")
    answer = commentary(tmp_path, *QUIET, "--json")
    assert answer.code == 1, answer.err
    assert {p["gate"] for p in json.loads(answer.out)["problems"]} == {"furniture"}


@pytest.mark.evidence
@pytest.mark.parametrize("body", [b"\xff\xfe", b"", b"a" * 5_000_000])
def test_a_template_that_is_no_template_is_refused(tmp_path: Path, body: bytes) -> None:
    mine = tmp_path / "templates" / "en" / "furniture.j2"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(body)
    refuses(commentary(tmp_path, *QUIET), "furniture")


IN_A_RULE = {
    "an unknown key": ("when:", "wen:"),
    "a tab": ("when:", "\twhen:"),
    "an unclosed list": ("when:", "x: [1\nwhen:"),
    "an unclosed quote": ("when:", 'x: "1\nwhen:'),
    "an alias bomb": ("when:", "x: &a [1]\ny: [*a, *a]\nwhen:"),
    "a python object": ("when:", "x: !!python/object/apply:os.system ['true']\nwhen:"),
}
QUICK_RULES = ("an unknown key", "an unclosed list")


@pytest.mark.parametrize(
    "what",
    [w if w in QUICK_RULES else pytest.param(w, marks=pytest.mark.evidence) for w in IN_A_RULE],
)
def test_a_rule_with_a_mistake_is_refused_with_its_place(tmp_path: Path, what: str) -> None:
    text = RULE.read_text(encoding="utf-8")
    old, new = IN_A_RULE[what]
    assert f"\n{old}" in text
    _override(tmp_path, text.replace(f"\n{old}", f"\n{new}", 1))
    refuses(commentary(tmp_path, *QUIET), f"{RULE.name}:")


def _override(folder: Path, text: str | bytes) -> None:
    mine = folder / "rules" / RULE.relative_to(shipped_rules())
    mine.parent.mkdir(parents=True)
    mine.write_bytes(text.encode() if isinstance(text, str) else text)


@pytest.mark.evidence
@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"[" * 100_000, b"a: " * 50_000, b"- 1\n- 2\n", b"x" * 3_000_000]
)
def test_a_file_that_is_no_rule_is_refused(tmp_path: Path, body: bytes) -> None:
    _override(tmp_path, body)
    refuses(commentary(tmp_path, *QUIET), RULE.name)


@pytest.mark.parametrize(
    "condition",
    [
        "return_24hh(BTC) < 1",
        "return_24h <",
        "return_24h < {",
        "(" * 5000 + "1" + ")" * 5000,
        "return_24h < 1e999",
        "__import__('os')",
        "return_24h < 'a'",
    ],
    ids=lambda c: c[:20],
)
@pytest.mark.evidence
def test_a_condition_that_cannot_be_read_is_refused(tmp_path: Path, condition: str) -> None:
    lines = RULE.read_text(encoding="utf-8").split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith("when:"))
    end = next(i for i in range(start + 1, len(lines)) if lines[i][:1] not in (" ", "#", "-"))
    _override(tmp_path, "\n".join([*lines[:start], f'when: "{condition}"', *lines[end:]]))
    refuses(commentary(tmp_path, *QUIET), f"{RULE.name}:")


IN_A_SCENARIO = [
    b"",
    b"\xff",
    b"a: [",
    b"nonsense: 1\n",
    b"[" * 100_000,
    b"- 1\n",
    b"x: !!python/object/apply:os.system ['true']\n",
]


@pytest.mark.parametrize(
    "body",
    [IN_A_SCENARIO[3], *(pytest.param(b, marks=pytest.mark.evidence) for b in IN_A_SCENARIO)],
    ids=lambda b: repr(b[:12]),
)
def test_a_scenario_file_with_a_mistake_is_refused(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "mine.yaml").write_bytes(body)
    refuses(commentary(tmp_path, "preview", "--scenario", "mine.yaml"), "mine.yaml")
