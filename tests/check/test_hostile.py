"""Hand-written text at its worst, in three languages: what must be flagged, and what must pass."""

from __future__ import annotations

import pytest

from tests.check.own import checked, of_scenario, told

LED = {  # true of the scenario; what a case adds to it is the only thing that may be wrong
    "en": "As of 06:00 UTC on 26 June, BTC is at $59,982 on Binance spot. ",
    "es": "A las 06:00 UTC del 26 de junio, BTC está en 59.982 dólares en Binance al contado. ",
    "zh": "截至UTC 6月26日06:00，BTC在Binance现货报59,982美元。",
}
FLAGGED = [  # language, text, gate, the words it is flagged at
    # the right number of another asset, window, venue, market, unit
    ("en", "ETH fell 2.7% in 24 h.", "numbers", "2.7"),
    ("en", "BTC fell 2.7% in 7 d.", "numbers", "2.7"),
    ("en", "BTC fell 5.7% in 24 h.", "numbers", "5.7"),  # to its low
    ("en", "BTC fell 2.7%.", "scope", "2.7"),
    ("en", "BTC touched $58,115 in 24 h on Coinbase spot.", "venue", "Coinbase"),
    ("en", "BTC is at $59,982 on Binance perpetuals.", "numbers", "59,982"),
    ("en", "ETH open interest on Binance fell 5.6 percentage points in 24 h.", "numbers", "5.6"),
    ("en", "ETH funding on Binance last settled at -0.0011% per 1 h.", "window", "1 h"),
    (
        "en",
        "The ETH perpetual on Binance averaged 54 bps under its index over 8 h.",
        "numbers",
        "54",
    ),
    ("en", "Spot volume in BTC on Binance was $2.30bn in 24 h.", "numbers", "2.30"),
    ("en", "ETH fell 3.1 times as much as BTC in 24 h.", "numbers", "3.1"),
    ("en", "98 of 102 Binance perpetuals fell in 24 h.", "numbers", "98"),
    (
        "en",
        "All 102 Binance perpetuals fell in 24 h.",
        "direction",
        "All 102 Binance perpetuals fell",
    ),
    ("en", "No coin rose on Binance perpetuals in 24 h.", "direction", "No coin rose"),
    # words for numbers
    ("en", "BTC lost five percent in 24 h.", "numbers", "five"),
    ("en", "About a third of the fall of BTC to its 24 h low is back.", "numbers", "third"),
    ("en", "Spot volume in BTC on Binance doubled in 24 h.", "numbers", "doubled"),
    ("en", "BTC fell 4-6% in 24 h.", "numbers", "4"),
    ("en", "BTC is at $59.982.", "numbers", "59.982"),
    # markup
    ("en", "BTC is at $5**8**,982.", "numbers", "5**8**,982"),
    ("en", "| asset | in 24 h |\n| --- | --- |\n| BTC | -5.5% |", "numbers", "5.5"),
    ("en", "- BTC: -2.7% in 24 h\n- ETH: -2.7% in 24 h", "numbers", "2.7"),
    ("en", "```\nBTC $58,982\n```", "numbers", "58,982"),
    ("en", "[BTC at $58,982](https://example.org/a)", "numbers", "58,982"),
    # signs
    (
        "en",
        "ETH spot on Binance trades at a discount to its perpetual.",
        "direction",
        "spot on Binance",
    ),
    (
        "en",
        "Leverage is too expensive on Binance for ETH.",
        "direction",
        "Leverage is too expensive",
    ),
    ("en", "ETH is up 5.5% in 24 h.", "direction", "up"),
    # claims without a finding
    ("en", "Money is moving into coins.", "licence", "Money is moving"),
    ("en", "Small coins outperformed the majors in 7 d.", "licence", "Small coins"),
    ("en", "It is the biggest fall of ETH since March.", "licence", "biggest fall"),
    ("en", "It was the largest daily fall in a year.", "licence", "largest daily fall"),
    ("en", "ETH funding on Binance is at a record low.", "licence", "record"),
    # causes, advice, promises, motives
    ("en", "BTC fell 2.7% in 24 h on worries over rates.", "causality", "on worries over"),
    ("en", "BTC fell 2.7% in 24 h as Base halted.", "causality", "as Base halted"),
    ("en", "Would you own ETH at $1,558.10?", "advice", "Would you own"),
    ("en", "Is ETH cheap at $1,558.10?", "advice", "Is ETH cheap"),
    ("en", "A bounce is only a matter of hours.", "promise", "only a matter of hours"),
    ("en", "Sellers wanted out of ETH.", "motive", "Sellers wanted"),
    ("es", "ETH cayó un 2,7 % en 24 h.", "numbers", "2,7"),
    ("es", "BTC cayó un 2,7 % en 7 días.", "numbers", "2,7"),
    ("es", "BTC cayó un 2,7 % en 24 h por el miedo a los tipos.", "causality", "por el miedo"),
    ("es", "¿Es buen momento para comprar ETH?", "advice", "comprar"),
    ("es", "Un tercio de la caída de BTC hasta su mínimo de 24 h ha vuelto.", "numbers", "tercio"),
    ("es", "Fue su mayor caída desde marzo.", "licence", "mayor caída"),
    ("es", "El apalancamiento es demasiado caro en ETH en Binance.", "direction", "apalancamiento"),
    ("zh", "ETH在24小时内下跌2.7%。", "numbers", "2.7"),
    ("zh", "BTC在7天内下跌2.7%。", "numbers", "2.7"),
    ("zh", "BTC因Base停机下跌2.7%（24小时）。", "causality", "因"),
    ("zh", "现在是买入ETH的好时机吗？", "advice", "买入"),
    ("zh", "资金正在流向小市值币种。", "licence", "小市值"),
    ("zh", "BTC报５８，９８２美元。", "numbers", "５８，９８２"),
    (
        "zh",
        "Binance的ETH多头向空头支付资金费率，结算值为-0.0011%（每8小时）。",
        "direction",
        "多头向空头",
    ),
]
PASSES = [
    ("en", "BTC fell 2.7% in 24 h, and ETH 5.5%."),
    ("en", "BTC fell 2-3% in 24 h."),
    ("en", "BTC lost three percent in 24 h."),
    ("en", "About half of the fall of BTC to its 24 h low is back."),
    ("en", "BTC is at $5**9**,982."),
    ("en", "BTC is down 51.5% from its peak close of $123,757."),
    ("en", "99 of 102 Binance perpetuals fell in 24 h, and the median coin lost 5.1%."),
    ("en", "ETH/BTC fell 2.9% in 24 h."),
    ("es", "BTC cayó un 2,7 % en 24 h y ETH un 5,5 %."),
    ("es", "Cerca de la mitad de la caída de BTC hasta su mínimo de 24 h ha vuelto."),
    ("zh", "BTC在24小时内下跌2.7%，ETH下跌5.5%。"),
    ("zh", "约一半的BTC跌幅已收复。"),
]


@pytest.mark.parametrize(("lang", "text", "gate", "words"), FLAGGED)
def test_what_is_wrong_is_flagged_where_it_stands(
    lang: str, text: str, gate: str, words: str
) -> None:
    whole = LED[lang] + text
    found = checked(of_scenario("source_article", lang), whole, lang=lang)
    at = {(p.gate, whole[p.start : p.end][: len(words)]) for p in found}
    assert (gate, words) in at, told(whole, found)


@pytest.mark.parametrize(("lang", "text"), PASSES)
def test_what_is_true_passes(lang: str, text: str) -> None:
    whole = LED[lang] + text
    found = checked(of_scenario("source_article", lang), whole, lang=lang)
    assert told(whole, tuple(p for p in found if p.gate != "left_out")) == []


def test_a_comment_in_a_post_is_no_pass_for_what_it_says() -> None:
    whole = LED["en"] + "<!-- BTC at $58,982 --> Not advice."
    made = of_scenario("source_article")
    assert "unverifiable" in {p.gate for p in checked(made, whole, "post")}
