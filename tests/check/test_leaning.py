"""What a text told once and then leaves out: the venue of its prices, a window, a deadline."""

from __future__ import annotations

import pytest

from generator.model import Problem
from generator.write.check import check_text
from tests.check.own import checked, desk, known_to, of_scenario, told

LED = "As of 06:00 UTC on 26 June, BTC is at $59,982 on Binance spot. "
WATCH = "A trade in BTC under $58,115.01 before 06:00 UTC on 27 June would be a lower low. "


def problems(text: str, lang: str = "en") -> list[Problem]:
    found = checked(of_scenario("source_article", lang), text, lang=lang)
    return [p for p in found if p.gate != "left_out"]


@pytest.mark.parametrize(
    "text",
    [
        LED + "BTC fell 2.7% in 24 h.",
        LED + "BTC touched $58,115 in 24 h, and ETH funding on OKX was not read.",
        LED + "BTC fell 2.7% and ETH fell 5.5% in 24 h.",
        LED + "In 24 h BTC fell 2.7%, ETH 5.5%.",
        LED + WATCH + "Does the low of BTC, $58,115.01, hold until then?",
        LED + WATCH + "By then, fewer than 50% of Binance perpetuals falling would be new.",
    ],
)
def test_what_was_told_before_need_not_be_told_again(text: str) -> None:
    assert told(text, tuple(problems(text))) == []


@pytest.mark.parametrize(
    ("text", "gate", "words"),
    [
        ("BTC fell 2.7% and ETH fell 5.5% in 7 d.", "numbers", "2.7"),
        ("BTC fell 2.7% and ETH fell 5.5% in 7 d.", "numbers", "5.5"),
        ("In 24 h BTC fell 2.7%, ETH 8.4%.", "numbers", "8.4"),  # in 7 d
        ("A trade in BTC under $58,115.01 before then would be a lower low.", "unverifiable", "before then"),
        (WATCH + "Does the low of BTC, $58,115.01, hold after then?", "order", "after then"),
        (WATCH + "Does the high of BTC, $58,115.01, hold until then?", "direction", "high"),
        (WATCH.replace("lower low", "higher low"), "direction", "higher low"),
        ("The low of BTC, $58,115.01: a trade above it before 06:00 UTC on 27 June would be new.",
         "direction", "above it"),
    ],
)  # fmt: skip
def test_what_leans_on_something_else_is_flagged(text: str, gate: str, words: str) -> None:
    whole = LED + text
    found = problems(whole)
    at = {(p.gate, whole[p.start : p.end]) for p in found}
    assert (gate, words) in at, told(whole, tuple(found))


THEN = {
    "es": (
        "A las 06:00 UTC del 26 de junio, BTC está en 59.982 dólares en Binance al contado. ¿Aguanta "
        "BTC el mínimo de 58.115,01 dólares hasta las 06:00 UTC del 27 de junio? ",
        "¿Sigue el mínimo de BTC en 58.115,01 dólares hasta entonces?",
        "¿Sigue el máximo de BTC en 58.115,01 dólares hasta entonces?",
    ),
    "zh": (
        "截至UTC 6月26日06:00，BTC在Binance现货报59,982美元。BTC能否在UTC 6月27日06:00前守住低点58,115.01美元？",
        "届时BTC低点58,115.01美元能否守住？",
        "届时BTC高点58,115.01美元能否守住？",
    ),
}


@pytest.mark.parametrize("lang", sorted(THEN))
def test_then_is_the_deadline_told_before_in_other_languages_too(lang: str) -> None:
    led, right, wrong = THEN[lang]
    assert told(led + right, tuple(problems(led + right, lang))) == []
    assert "direction" in {p.gate for p in problems(led + wrong, lang)}
    alone = led.split("¿")[0].split("BTC能否")[0] + right
    assert "unverifiable" in {p.gate for p in problems(alone, lang)}


def test_a_price_is_of_the_venue_named_last_for_prices() -> None:
    """The run knows BTC's price from Binance: as one of OKX it stays wrong a sentence later."""
    made = of_scenario("source_article")
    text = LED + "BTC fell 2.7% in 24 h."
    known = known_to(made)
    assert known.by_subject["BTC"]
    wrong = text.replace("Binance", "OKX")
    found = check_text(wrong, lexicon=desk()[1].lexicon, now=made.snapshot.now, known=known)
    assert any(p.gate in ("numbers", "venue") and p.severity == "error" for p in found)


SOURCES = {
    "en": ("Data coverage: as of 14:00 UTC from Coinbase and OKX. Not available: {}.", "{} spot"),
    "es": ("Cobertura de datos: 14:00 UTC; fuentes: Coinbase y OKX. No disponibles: {}.", "{} al contado"),
    "zh": ("数据范围：截至UTC 14:00，来自Coinbase和OKX。未能获取：{}。", "{}现货"),
}  # fmt: skip


@pytest.mark.parametrize("lang", sorted(SOURCES))
def test_sources_are_told_apart_in_every_language(lang: str) -> None:
    """In `venue_outage` both sources of Binance failed, and OKX answered."""
    line, spot = SOURCES[lang]
    made = of_scenario("venue_outage", lang)

    def venues(text: str) -> list[str]:
        found = checked(made, text, lang=lang)
        return [p.message for p in found if p.gate == "venue" and "too" not in p.message
                and "of this text" not in p.message]  # fmt: skip

    assert venues(line.format(spot.format("Binance"))) == []
    assert any("okx" in m for m in venues(line.format("OKX")))
    twice = f"{spot.format('Binance')}, {spot.format('Binance')}"
    assert any("named twice" in m for m in venues(line.format(twice)))
