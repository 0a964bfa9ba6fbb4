"""How languages write numbers: as their locale data has it, and so that it can be read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import TemplateError
from generator.folders import shipped_templates
from generator.write import marks
from generator.write.forms import Forms
from generator.write.quantity import Quantity, Recorder

LANGUAGES = sorted(p.parent.name for p in shipped_templates().glob("*/words.yaml"))
NOON, ONE = 1_772_280_000_000, 1_772_240_400_000  # 28 February 2026, 12:00 and 01:00 UTC


def words(lang: str) -> dict[str, Any]:
    text = (shipped_templates() / lang / "words.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def printed(lang: str, name: str, value: float, unit: str, *args: str, **changes: Any) -> str:
    """What a filter prints in a language whose words are changed so."""
    known = words(lang)
    known["forms"] |= changes
    quantity = Quantity("x", "BTC", value, unit, "r", "Binance spot", "24 h")
    made = getattr(Recorder(known, Forms.of(known, lang)), name)(quantity, *args)
    return marks.read(made)[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_signs_months_and_weekdays_are_those_of_the_locale_data(lang: str) -> None:
    babel = pytest.importorskip("babel", reason="the locale data comes with Babel")
    locale, forms = babel.Locale.parse(lang), Forms.of(words(lang), lang)
    signs = locale.number_symbols["latn"]
    assert (forms.decimal, forms.group) == (signs["decimal"], signs["group"])
    written = locale.months["format"]  # Chinese newspapers number the months: the short form
    lengths = [[written[w][n] for n in range(1, 13)] for w in ("wide", "abbreviated")]
    assert list(forms.months) in lengths
    assert list(forms.weekdays) == [locale.days["format"]["wide"][n] for n in range(7)]
    for number in range(200):
        told = locale.plural_form(number)
        assert forms.plural(number) == (told if told in ("one", "few") else "other"), number


@pytest.mark.parametrize("lang", LANGUAGES)
@given(value=st.floats(0, 1e13), decimals=st.integers(0, 6))
def test_what_is_printed_reads_back(lang: str, value: float, decimals: int) -> None:
    forms = Forms.of(words(lang), lang)
    assert forms.value(forms.number(value, decimals)) == float(f"{value:.{decimals}f}")


@pytest.mark.parametrize("lang", LANGUAGES)
@given(value=st.floats(1, 9e12))
def test_a_sum_is_told_to_half_a_percent_or_better(lang: str, value: float) -> None:
    size = Forms.of(words(lang), lang).sized(value)
    told = round(value / size.scale, size.decimals) * size.scale
    assert abs(told - value) <= 0.5 * 10.0**-size.decimals * size.scale * 1.0001
    assert abs(told - value) <= max(0.005 * value, 0.5)


def test_spanish_is_printed_as_spaniards_print_it() -> None:
    for name, value, unit, text in (
        ("percent", -4.84, "%", "4,8\u00a0%"),
        ("signed", -4.84, "%", "-4,8\u00a0%"),
        ("signed", 0.0, "%", "0,0\u00a0%"),
        ("points", 13.67, "% points", "13,7 puntos porcentuales"),
        ("bp", -7.25, "bp", "7,2 puntos básicos"),
        ("money", 62909.86, "USD", "62.910 dólares"),
        ("exact", 1.0, "USD", "1 dólar"),
        ("large", 2_034_567_890, "USD", "2.035 millones de dólares"),
        ("large", 999_700_000, "USD", "1.000 millones de dólares"),
        ("large", 3.1e12, "USD", "3,10 billones de dólares"),
        ("cut", 1e6, "USD", "1 millón de dólares"),
        ("date", NOON, "ms", "28 de febrero de 2026"),
        ("window", 1.0, "%", "24\u00a0h"),
    ):
        assert printed("es", name, value, unit) == text


def test_one_oclock_and_one_day_have_their_own_word() -> None:
    assert printed("es", "plural", ONE, "ms", "la", "las") == "la"
    assert printed("es", "plural", NOON, "ms", "la", "las") == "las"
    assert printed("en", "plural", 1, "days", "day", "days") == "day"
    assert printed("en", "plural", 0, "days", "day", "days") == "days"


def test_plural_rules_that_no_list_can_tell_are_the_locale_datas() -> None:
    pytest.importorskip("babel", reason="the rules come with Babel")
    known = words("en")
    known["forms"]["plurals"] = "cldr"
    forms = Forms.of(known, "ru")
    assert [forms.plural(n) for n in (1, 2, 5, 21)] == ["one", "few", "many", "one"]


def test_a_negative_sum_has_its_sign_before_everything() -> None:
    assert printed("en", "large", -5_000_000, "USD") == "-$5.0m"
    assert printed("es", "large", -5_000_000, "USD") == "-5,0 millones de dólares"


def test_markets_are_named_and_names_of_events_are_left_alone() -> None:
    forms = Forms.of(words("es"), "es")
    assert forms.scope("Binance spot") == "Binance al contado"
    assert forms.scope("Binance, Bybit and OKX") == "Binance, Bybit y OKX"
    known = forms.scope("Binance perpetuals with a known market value")
    assert known == "perpetuos de Binance con valor de mercado conocido"
    assert forms.scope("Research and Development Survey") == "Research and Development Survey"
    assert forms.sources("Binance futures and CoinDesk") == "Binance futuros y CoinDesk"


@pytest.mark.parametrize("gone", ["decimal", "sums", "clock", "list"])
def test_a_missing_form_is_named(gone: str) -> None:
    known = words("es")
    del known["forms"][gone]
    with pytest.raises(TemplateError) as told:
        Forms.of(known, "es")
    assert gone in str(told.value.what)


def test_a_form_without_a_place_for_the_digits_is_refused() -> None:
    known = words("es")
    known["forms"]["percent"] = "%"
    with pytest.raises(TemplateError):
        Forms.of(known, "es")


def test_chinese_text_has_no_spaces_beside_its_characters() -> None:
    number = marks.number(0, "5.5%")
    made = marks.tidy(
        f"BTC 在 {number} 内 下跌 ，\n ETH 收 于 {marks.number(1, 'a b')} 。", tight=True
    )
    assert marks.read(made)[0] == "BTC在5.5%内下跌，ETH收于a b。"
    kept = marks.tidy(f"UTC {number} and 下跌", tight=True)
    assert marks.read(kept)[0] == "UTC 5.5% and下跌"


def test_a_space_that_holds_a_number_to_its_sign_stays() -> None:
    assert marks.tidy("4,8\u00a0%  \n en") == "4,8\u00a0% en"


def test_words_of_an_older_kind_say_what_they_lack(tmp_path: Path) -> None:
    known = words("en")
    del known["forms"]
    with pytest.raises(TemplateError) as told:
        Forms.of(known, "en")
    assert "forms" in str(told.value.what)
