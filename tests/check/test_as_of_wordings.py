"""Each wording of the prices is read as the as-of time of a text, or no such text could be approved."""

from __future__ import annotations

import re

import pytest

from generator.write.templates import read
from tests.rules.shipped import ROOT, templates

FILE = "phrases/price_level.j2"
FILLED = {"as_of | clock": "06:00", "as_of | day": "26 june", "f.price.scope": "binance spot"}
BLOCK = re.compile(r"{% block (group_\w) %}\n(.*?)\n{% endblock %}", re.S)


def wordings() -> list[tuple[str, str]]:
    return BLOCK.findall(read(ROOT / "templates" / "en" / FILE))


@pytest.mark.parametrize(("name", "text"), wordings())
def test_each_wording_of_the_prices_says_as_of_when(name: str, text: str) -> None:
    for asked, value in FILLED.items():
        text = text.replace("{{ " + asked + " }}", value)
    text = text.replace("{{ f.return_24h | window }}", "24 h")
    text = re.sub(r"{%.*?%}", "", re.sub(r"{{.*?}}", "x", text))
    assert templates().lexicon.dates.as_of.search(text.lower()), f"{name}: {text}"


def test_there_are_wordings_to_hold() -> None:
    assert len(wordings()) > 1
