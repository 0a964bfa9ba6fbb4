"""Each wording of the prices is read as the as-of time of a text, or no such text could be approved."""

from __future__ import annotations

import re

import pytest

from generator.write.templates import Templates, read
from tests.rules.shipped import ROOT

LANGUAGES = ("en", "es", "zh")
FILE = "phrases/price_level.j2"
FILLED = {
    "as_of | plural('la', 'las')": "las",
    "as_of | clock": "06:00",
    "as_of | day": "26 june",
    "f.price.scope": "binance spot",
}
DAYS = {"zh": "6月26日"}  # where the order of the words is another
BLOCK = re.compile(r"{% block ((?:group|again_prices)_\w) %}\n(.*?)\n{% endblock %}", re.S)


def wordings() -> list[tuple[str, str, str]]:
    return [
        (lang, *found)
        for lang in LANGUAGES
        for found in BLOCK.findall(read(ROOT / "templates" / lang / FILE))
    ]


@pytest.mark.parametrize(("lang", "name", "text"), wordings())
def test_each_wording_of_the_prices_says_as_of_when(lang: str, name: str, text: str) -> None:
    for asked, value in (FILLED | {"as_of | day": DAYS.get(lang, FILLED["as_of | day"])}).items():
        text = text.replace("{{ " + asked + " }}", value)
    text = text.replace("{{ f.return_24h | window }}", "24 h")
    text = re.sub(r"{%.*?%}", "", re.sub(r"{{.*?}}", "x", text))
    lexicon = Templates([ROOT / "templates"], lang).lexicon
    assert lexicon.dates.as_of.search(text.lower()), f"{name}: {text}"


def test_there_are_wordings_to_hold() -> None:
    assert len(wordings()) > 1
