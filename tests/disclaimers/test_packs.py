"""Packs: what each holds, when it is refused, and that its words arrive whole."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from generator import disclaimers
from generator.declared import INSTRUMENTS, NONE, SIDES, UNDISCLOSED, Payment, Position
from generator.disclaimers import LENGTHS, MOST, figures, notices, pack, required, said, words
from generator.errors import UsageError
from generator.folders import shipped_templates
from generator.settings import HouseSection
from tests.conftest import ROOT

SHIPPED = (shipped_templates(),)
DECLARED = (
    ("firm", "Example Ltd"),
    ("registration", "123456"),
    ("approver", "A. Person"),
    ("risk_summary", "https://example.org/risk"),
    ("white_paper", "https://example.org/paper"),
    ("website", "https://example.org"),
    ("telephone", "+44 20 0000 0000"),
    ("email", "desk@example.org"),
)


def house(*packs: str, **more: str) -> HouseSection:
    return replace(HouseSection(), disclaimers=packs, **more)  # type: ignore[arg-type]


def told(section: HouseSection, limit: int | None = None) -> str:
    return " ".join(required(section, limit, SHIPPED, "en"))


@pytest.mark.parametrize("name", disclaimers.names())
def test_a_pack_says_what_it_is_where_it_comes_from_and_when_it_was_last_read(name: str) -> None:
    p = pack(name)
    assert p.version >= 1
    assert isinstance(p.reviewed, date)
    assert p.sources
    assert all((p.title, p.where, p.who, p.remark))
    assert p.role in ("base", "warning")
    assert p.locked == (p.role == "warning")


@pytest.mark.parametrize("name", disclaimers.names())
def test_words_keep_to_their_lengths_and_name_only_what_the_pack_needs(name: str) -> None:
    texts = words(name, SHIPPED, "en")
    assert "long" in texts
    for length, text in texts.items():
        assert len(text) <= MOST[length]
        assert set(re.findall(r"\{(\w+)\}", text)) <= set(pack(name).requires)
    if pack(name).role == "base":
        assert set(texts) == set(LENGTHS)
        assert all(re.search(r"\bnot advice\b", text) for text in texts.values())


@pytest.mark.parametrize(
    "lang", sorted(p.parent.name for p in SHIPPED[0].glob("*/disclaimers.yaml"))
)
def test_a_language_has_the_base_packs_in_all_lengths_and_no_translation_of_a_prescribed_one(
    lang: str,
) -> None:
    base = [n for n in disclaimers.names() if pack(n).role == "base"]
    for name in base:
        assert set(words(name, SHIPPED, lang)) == set(LENGTHS), name
    for name in set(disclaimers.names()) - set(base) if lang != "en" else ():
        with pytest.raises(UsageError, match="has no words") as refused:
            words(name, SHIPPED, lang)
        assert refused.value.todo.startswith("It has words in: en. Prescribed words are not transl")


CLAIMS = re.compile(
    r"\b(compl(?:y|ies|iant)|approved (?:in|under)|lawful|licensed|real.time|accurate|guaranteed"
    r"|independent|reviewed by a person|predict\w*|not a financial promotion)\b",
    re.I,
)


@pytest.mark.parametrize("name", disclaimers.names())
def test_no_pack_claims_that_anything_is_lawful_exact_or_approved(name: str) -> None:
    for text in words(name, SHIPPED, "en").values():
        assert not CLAIMS.search(text), text


@pytest.mark.parametrize("name", [n for n in disclaimers.names() if pack(n).requires])
def test_a_pack_is_refused_for_every_single_declaration_that_it_lacks(name: str) -> None:
    full = {"positions": "none", "compensation": "none"}
    for lacking in pack(name).requires:
        said = {k: v for k, v in full.items() if k != lacking}
        declared = tuple(d for d in DECLARED if d[0] != lacking)
        with pytest.raises(UsageError) as refused:
            notices(replace(house(name, **said), declared=declared), SHIPPED, "en")
        assert lacking in refused.value.what
        assert "[house]" in refused.value.todo
    whole = replace(house(name, **full), declared=DECLARED)
    text = told(whole)
    assert "{" not in text


def test_not_disclosed_is_no_declaration() -> None:
    with pytest.raises(UsageError, match="positions"):
        told(house("eu_generic", positions=UNDISCLOSED))
    assert "Positions: none." in told(house("eu_generic", positions=NONE), 280)


HELD = (
    Position("BTC", "long", "spot", date(2026, 11, 20)),
    Position("ETH", "short", "perpetual", date(2026, 11, 19)),
)
PAID = (Payment("Example Ltd", "500 EUR", date(2026, 11, 20)),)


@pytest.mark.parametrize(
    ("lang", "held", "paid"),
    [
        (
            "en",
            "BTC long (spot) as of 2026-11-20; ETH short (perpetual) as of 2026-11-19",
            "500 EUR from Example Ltd as of 2026-11-20",
        ),
        (
            "es",
            "BTC en largo (al contado) a 2026-11-20; ETH en corto (perpetuo) a 2026-11-19",
            "500 EUR de Example Ltd a 2026-11-20",
        ),
        (
            "zh",
            "BTC多头（现货，截至2026-11-20）；ETH空头（永续合约，截至2026-11-19）",
            "Example Ltd支付500 EUR（截至2026-11-20）",
        ),
    ],
)
def test_what_is_declared_is_said_in_every_language(lang: str, held: str, paid: str) -> None:
    assert said(HELD, SHIPPED, lang) == held
    assert said(PAID, SHIPPED, lang) == paid
    section = replace(house("eu_generic", "us_generic"), positions=HELD, compensation=PAID)
    short = " ".join(required(section, 280, SHIPPED, lang))
    assert held in short
    assert paid in short


@pytest.mark.parametrize("lang", sorted(p.parent.name for p in SHIPPED[0].glob("*/words.yaml")))
def test_a_language_has_a_word_for_everything_that_can_be_declared(lang: str) -> None:
    for side in SIDES:
        for instrument in INSTRUMENTS:
            assert "{" not in said(
                (Position("BTC", side, instrument, HELD[0].as_of),), SHIPPED, lang
            )
    assert said(NONE, SHIPPED, lang) != said(UNDISCLOSED, SHIPPED, lang)


def test_figures_of_the_house_are_those_that_it_declares(tmp_path: Path) -> None:
    section = replace(house("uk_finprom_authorised"), positions=HELD, declared=DECLARED)
    found = figures(section, SHIPPED, "en")
    assert said(HELD, SHIPPED, "en") in found
    assert any("firm reference number 123456" in f for f in found)
    assert all(any(c.isdigit() for c in f) for f in found)


def test_the_prescribed_words_are_there_to_the_letter() -> None:
    full = replace(house("uk_finprom_authorised", "in_asci", "eu_offeror_art7"), declared=DECLARED)
    text = told(full)
    assert (
        "Don't invest unless you're prepared to lose all the money you invest. This is a high-risk "
        "investment and you should not expect to be protected if something goes wrong. Take 2 mins "
        "to learn more" in text
    )
    assert (
        "Crypto products and NFTs are unregulated and can be highly risky. There may be no "
        "regulatory recourse for any loss from such transactions." in text
    )
    assert (
        "This crypto-asset marketing communication has not been reviewed or approved by any "
        "competent authority in any Member State of the European Union. The offeror of the "
        "crypto-asset is solely responsible for the content of this crypto-asset marketing "
        "communication." in text
    )


def test_a_warning_without_a_base_gets_the_generic_one() -> None:
    kept = notices(replace(house("in_asci"), declared=DECLARED), SHIPPED, "en")
    assert [n.pack.name for n in kept] == ["generic", "in_asci"]


def test_a_warning_is_never_cut_to_fit() -> None:
    with pytest.raises(UsageError) as refused:
        told(replace(house("uk_finprom_authorised"), declared=DECLARED), 280)
    assert "may not be cut" in refused.value.what


def test_the_length_follows_the_room_of_the_network() -> None:
    sizes = [len(told(house("generic"), limit)) for limit in (None, 4096, 500, 300, 280)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[1] > sizes[2] > sizes[3]


def test_an_unknown_pack_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError) as refused:
        told(house("generc"))
    assert "generic" in refused.value.todo


def test_a_language_without_words_refuses_the_pack_and_says_where_there_are_some() -> None:
    with pytest.raises(UsageError) as refused:
        words("generic", SHIPPED, "xx")
    assert "en" in refused.value.todo


def test_own_words_win_for_a_pack_that_prescribes_nothing_and_for_no_other(tmp_path: Path) -> None:
    own = tmp_path / "templates"
    (own / "en").mkdir(parents=True)
    (own / "en" / "disclaimers.yaml").write_text(
        "generic: {long: Ours is not advice., short: Not advice.}\nin_asci: {long: Softer words.}\n"
    )
    folders = (*SHIPPED, own)
    assert words("generic", folders, "en")["long"] == "Ours is not advice."
    assert words("in_asci", folders, "en")["long"].startswith("Crypto products and NFTs")
    assert words("us_generic", folders, "en") == words("us_generic", SHIPPED, "en")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("generic: [", "cannot be read"),
        ("just words", "no table"),
        ("generic: {tiny: x}", "wrong lengths"),
        ("generic: {long: ''}", "is no text"),
        (f"generic: {{long: ok, short: {'x' * 81}}}", "81 characters"),
    ],
)
def test_words_that_cannot_be_used_are_named(tmp_path: Path, text: str, why: str) -> None:
    own = tmp_path / "templates"
    (own / "en").mkdir(parents=True)
    (own / "en" / "disclaimers.yaml").write_text(text)
    with pytest.raises(UsageError) as refused:
        words("generic", (*SHIPPED, own), "en")
    assert why in str(refused.value)
    assert "disclaimers.yaml" in refused.value.subject


def test_a_place_that_nothing_fills_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "templates"
    (own / "en").mkdir(parents=True)
    (own / "en" / "disclaimers.yaml").write_text("generic: {long: 'By {firm}, not advice.'}")
    with pytest.raises(UsageError, match=r"\{firm\}"):
        notices(house("generic"), (*SHIPPED, own), "en")


def test_the_page_lists_every_pack_with_what_it_needs() -> None:
    page = (ROOT / "docs" / "disclaimers.md").read_text("utf-8")
    table = page.split("<!-- packs -->")[1].split("<!-- /packs -->")[0]
    rows = table.strip().splitlines()[2:]
    assert rows == [
        f"| `{p.name}` | {p.where} | {p.role}{', prescribed' if p.locked else ''} |"
        f" {', '.join(p.requires)}{' ' if p.requires else ''}|"
        for p in map(pack, disclaimers.names())
    ]
