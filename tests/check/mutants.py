"""Texts with exactly one thing wrong, made from a text in which nothing is.

Each class changes one place. Words come from `WORDS`, per language; digits, signs, names and venues
look alike in all of them. A mutant is kept only where it differs and is not true by another
reading that the class itself can see (`BTC and ETH` for `ETH and BTC`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

VENUES = ("Binance", "OKX", "Bybit", "Coinbase", "Hyperliquid", "Kraken")
NAMES = ("BTC", "ETH", "SOL", "XRP")
NUMERAL = re.compile(r"(?<![A-Za-z])\d(?:[\d,.:]*\d)?")


@dataclass(frozen=True)
class Words:
    """One language's words that a mutation exchanges, whole words both ways where it can."""

    directions: tuple[tuple[str, str], ...]
    orders: tuple[tuple[str, str], ...]
    windows: tuple[tuple[str, tuple[str, ...]], ...]
    units: tuple[tuple[str, str], ...]
    ratio: str  # numerals of multiples, shares and counts: the number, then its words
    between: str  # two clocks in their order
    disclaimers: tuple[str, ...]
    furniture: str  # where the lines that claim nothing begin
    spaced: bool = True


ENGLISH = Words(
    directions=(
        ("fell", "rose"), ("lost", "gained"), ("lower", "higher"), ("lowest", "highest"),
        ("down", "up"), ("falls", "gains"), ("falling", "rising"), ("negative", "positive"),
        ("under", "above"), ("below", "above"), ("closed", "added"), ("dropped", "jumped"),
        ("edged down", "edged up"), ("slipped", "firmed"), ("tumbled", "surged"),
        ("worse", "better"), ("plunged", "soared"), ("fall", "rise"), ("low", "high"),
        ("ahead of", "behind"), ("longs", "shorts"),
    ),
    orders=(("after", "before"), ("before", "after"), ("since", "before"), ("since", "until"), ("through", "after")),
    windows=(("24 h", ("7 d", "12 h", "30 d")), ("7 d", ("24 h", "30 d")), ("8 h", ("1 h", "4 h")),
             ("90 d", ("30 d", "60 d")), ("weekdays", ("weeks",)), ("days", ("weeks", "hours")),
             ("6 h", ("24 h", "12 h")), ("32 hours", ("32 days",))),
    units=(("bn", "m"), ("m ", "bn "), ("percentage points", "basis points"), ("%", " times"),
           ("basis points", "percentage points"), (" times", "%"), ("%", " bp")),
    ratio=r"\d[\d.,]*(?= times)|\d[\d,]*(?=% of)|\d+(?= (?:of|rose|fell|gainers|decliners)\b)",
    between=r"(\d\d:\d\d)( (?:and|to) )(\d\d:\d\d)",
    disclaimers=(
        "This is a description of public market data, not advice, an offer or a recommendation.",
        "Automated data note, not advice.", "Positions: not disclosed.",
        "Prepared automatically, reviewed before posting.",
    ),
    furniture="Data coverage",
)  # fmt: skip
SPANISH = Words(
    directions=(
        ("cayó", "subió"), ("cayeron", "subieron"), ("bajó", "subió"), ("perdió", "ganó"),
        ("más bajo", "más alto"), ("baja un", "sube un"), ("caída", "subida"),
        ("caídas", "subidas"), ("a la baja", "al alza"), ("negativa", "positiva"),
        ("por debajo", "por encima"), ("disminuyó", "aumentó"), ("retrocedió", "avanzó"),
        ("mejor", "peor"), ("mínimo", "máximo"), ("por delante", "por detrás"),
        ("cortos", "largos"), ("se desplomó", "se disparó"), ("parte baja", "parte alta"),
    ),
    orders=(("antes de las", "después de las"), ("desde el", "hasta el"),
            ("hasta las", "después de las"), ("antes de la", "después de la")),
    windows=(("24\u00a0h", ("7 días", "12 h", "30 días")), ("7 días", ("24 h", "30 días")),
             ("8\u00a0h", ("1 h", "4 h")), ("90 días", ("60 días", "30 días")),
             ("6\u00a0h", ("24 h", "12 h")), ("días laborables", ("semanas laborables",))),
    units=(("\u00a0%", " veces"), ("\u00a0%", " puntos básicos"), (" millones", " mil millones"),
           (" puntos porcentuales", " puntos básicos"), (" veces", "\u00a0%"), ("\u00a0%", " dólares")),
    ratio=r"\d[\d.,]*(?= veces)|\d[\d,]*(?=\u00a0% de)|\d+(?= (?:de \d|subieron|cayeron)\b)",
    between=r"(\d\d:\d\d)( y las )(\d\d:\d\d)",
    disclaimers=(
        "no es asesoramiento, ni una oferta ni una recomendación", "Posiciones: no declaradas.",
        "Preparado automáticamente y revisado antes de publicar.",
    ),
    furniture="Cobertura de datos",
)  # fmt: skip
CHINESE = Words(
    directions=(
        ("下跌", "上涨"), ("走低", "走高"), ("大跌", "大涨"), ("暴跌", "暴涨"), ("跌幅", "涨幅"),
        ("最低", "最高"), ("低点", "高点"), ("低于", "高于"), ("为负", "为正"), ("减少", "增加"),
        ("净平仓", "净开仓"), ("普跌", "普涨"), ("落后", "领先"), ("多头", "空头"),
        ("收低", "收高"), ("走弱", "走强"), ("弱于", "强于"), ("更弱", "更强"), ("微跌", "微涨"),
    ),
    orders=(("之后", "之前"), ("前于", "后于"), ("以来最", "以前最"), ("以来盘中", "以前盘中")),
    windows=(("24小时", ("7天", "12小时", "30天")), ("7天", ("24小时", "30天")),
             ("8小时", ("1小时", "4小时")), ("90天", ("60天", "30天")), ("6小时", ("24小时",)),
             ("个工作日", ("周", "个月"))),
    units=(("%", "倍"), ("亿美元", "万美元"), ("万美元", "亿美元"), ("个百分点", "个基点"),
           ("个基点", "个百分点"), ("倍", "%"), ("%", "个基点")),
    ratio=r"\d[\d.,]*(?=倍)|\d+(?=个(?:上涨|下跌|在))|\d[\d.]*(?=%为负)",
    between=r"(\d\d:\d\d)(至)(\d\d:\d\d)",
    disclaimers=(
        "本文仅描述公开市场数据，不构成投资建议、要约或推荐。", "不构成投资建议。", "持仓：未披露。",
        "自动生成，发布前经人工审核。",
    ),
    furniture="数据范围",
    spaced=False,
)  # fmt: skip
WORDS: dict[str, Words] = {"en": ENGLISH, "es": SPANISH, "zh": CHINESE}

Mutation = Callable[[random.Random, str, Words], Iterator[str]]


def _replaced(text: str, span: tuple[int, int], new: str) -> str:
    return text[: span[0]] + new + text[span[1] :]


def _whole(word: str, words: Words) -> re.Pattern[str]:
    edge = (r"(?<![\w-])", r"(?![\w-])") if words.spaced and word[:1].isalpha() else ("", "")
    return re.compile(edge[0] + re.escape(word) + edge[1])


def _swaps(text: str, pairs: tuple[tuple[str, str], ...], words: Words) -> Iterator[str]:
    for one, other in pairs:
        for old, new in ((one, other), (other, one)):
            for m in _whole(old, words).finditer(text):
                yield _replaced(text, m.span(), new)


def number(rng: random.Random, text: str, words: Words) -> Iterator[str]:
    """One digit of one numeral, clocks and dates included."""
    for m in NUMERAL.finditer(text):
        at = rng.choice([i for i in range(*m.span()) if text[i].isdigit()])
        new = rng.choice([c for c in "123456789" if c != text[at]])
        yield _replaced(text, (at, at + 1), new)


def sign(rng: random.Random, text: str, words: Words) -> Iterator[str]:
    for m in re.finditer(r"(?<![\w.,])[-+−](?=\d)", text):
        if set(text[m.end() : m.end() + 7].split("%")[0]) - set("0.,"):  # no zero
            yield _replaced(text, m.span(), "-" if m[0] == "+" else "+")


def unit(rng: random.Random, text: str, words: Words) -> Iterator[str]:
    for old, new in words.units:
        for m in re.finditer(r"(?<=\d)" + re.escape(old), text):
            if not text.startswith((" times that", "% of"), m.start()) or old != "%":
                yield _replaced(text, m.span(), new)


def asset(rng: random.Random, text: str, words: Words) -> Iterator[str]:
    for m in re.finditer(r"(?<![A-Za-z/])[A-Z]{2,10}(?![A-Za-z/])(?= ?[-+][\d.]+%)|(?<![A-Za-z/])"
                         r"(?:BTC|ETH)(?![A-Za-z/])", text):  # fmt: skip
        yield _replaced(text, m.span(), rng.choice([n for n in NAMES[:2] if n != m[0]]))


def venue(rng: random.Random, text: str, words: Words) -> Iterator[str]:
    for m in re.finditer("|".join(VENUES), text):
        if m[0] == "Coinbase" and text[m.end() : m.end() + 1] == ",":
            continue  # of a quoted headline
        yield _replaced(text, m.span(), rng.choice([v for v in VENUES if v != m[0]]))


def window(rng: random.Random, text: str, words: Words) -> Iterator[str]:
    for old, others in words.windows:
        for m in _whole(old, words).finditer(text):
            yield _replaced(text, m.span(), rng.choice(others))


def direction(rng: random.Random, text: str, words: Words) -> Iterator[str]:
    body = text[: text.index(words.furniture)] if words.furniture in text else text
    for mutant in _swaps(body, words.directions, words):
        yield mutant + text[len(body) :]


def ratio(rng: random.Random, text: str, words: Words) -> Iterator[str]:
    """A multiple, a share or a count that is another one: halved, doubled, a few more."""
    for m in re.finditer(words.ratio, text):
        plain = m[0].replace(",", "")
        decimals = len(plain.partition(".")[2])
        new = f"{float(plain) * rng.choice((0.5, 0.8, 1.25, 2)) + rng.choice((0, 1)):.{decimals}f}"
        if float(new) != float(plain):
            yield _replaced(text, m.span(), new)


def order(rng: random.Random, text: str, words: Words) -> Iterator[str]:
    body = text[: text.index(words.furniture)] if words.furniture in text else text
    for old, new in words.orders:
        for m in _whole(old, words).finditer(body):
            yield _replaced(text, m.span(), new)
    for m in re.finditer(words.between, text):
        yield _replaced(text, m.span(), m[3] + m[2] + m[1])


def disclaimer(rng: random.Random, text: str, words: Words) -> Iterator[str]:
    for line in words.disclaimers:
        if line in text:
            yield text.replace(line, "", 1)


CLASSES: dict[str, Mutation] = {
    "number": number, "sign": sign, "unit": unit, "asset": asset, "venue": venue,
    "window": window, "direction": direction, "ratio": ratio, "order": order,
    "disclaimer": disclaimer,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """What was changed, where, and the text that came of it."""

    kind: str
    text: str
    at: int

    def shown(self, clean: str) -> str:
        """The place, before and after, in a few words."""
        back = next(
            (i for i in range(1, min(len(clean), len(self.text))) if clean[-i] != self.text[-i]), 1
        )
        old = clean[max(0, self.at - 40) : max(self.at, len(clean) - back) + 25]
        new = self.text[max(0, self.at - 40) : max(self.at, len(self.text) - back) + 25]
        return f"{old!r} -> {new!r}".replace("\\n", " ")


def mutants(text: str, lang: str, rng: random.Random, each: int) -> Iterator[Mutant]:
    """At most `each` mutants of every class, drawn without repeating a place."""
    for kind, make in CLASSES.items():
        made = sorted({m for m in make(rng, text, WORDS[lang]) if m != text})
        for mutant in rng.sample(made, min(each, len(made))):
            at = next((i for i, (a, b) in enumerate(zip(text, mutant, strict=False)) if a != b), 0)
            yield Mutant(kind, mutant, at)
