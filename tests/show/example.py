"""A small hand-made run: a note, a post, their traces, a story. Nothing here needs the writer."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from generator.collect.scenario import load_scenario
from generator.folders import shipped_templates
from generator.model import (
    HOUR,
    Draft,
    Finding,
    History,
    Metric,
    NumberTrace,
    Problem,
    SentenceTrace,
    Snapshot,
    SourceRef,
    Story,
    Watch,
)
from generator.write.stamp import Stamp, stamp_of
from generator.write.templates import Templates

HOSTILE = '<script>alert("x")</script> & <img src=x onerror=alert(1)> {{ 7*7 }}'

# metric, subject -> value, unit, window, scope, venue, instrument, field
FIGURES: dict[tuple[str, str], tuple[float, str, str, str, str, str, str]] = {
    ("low_24h", "BTC"): (58115.01, "USDT", "24 h", "Binance spot", "binance", "BTC/USDT", "low_24h"),
    ("price", "BTC"): (59982.0, "USDT", "", "Binance spot", "binance", "BTC/USDT", "last"),
    ("return_24h", "BTC"): (-2.66999526996492, "%", "24 h", "Binance spot", "binance", "BTC/USDT", "pct_24h"),
    ("price", "ETH"): (1558.1, "USDT", "", "Binance spot", "binance", "ETH/USDT", "last"),
    ("return_24h", "ETH"): (-5.53019, "%", "24 h", "Binance spot", "binance", "ETH/USDT", "pct_24h"),
    ("largest_hour", "BTC"): (-4.82, "%", "1 h", "Binance spot", "binance", "BTC/USDT", "bars_1h"),
    ("largest_hour", "ETH"): (-5.97, "%", "1 h", "Binance spot", "binance", "ETH/USDT", "bars_1h"),
    ("volume_24h_usd", "BTC"): (2.03e9, "USD", "24 h", "Binance spot", "binance", "BTC/USDT", "quote_volume_24h"),
    ("volume_ratio", "BTC"): (1.64, "×", "24 h against 30 d", "Binance spot", "binance", "BTC/USDT", "quote_volume_24h"),
    ("ratio_return_24h", "ETH/BTC"): (-2.9388, "%", "24 h", "Binance spot", "binance", "ETH/USDT", "pct_24h"),
    ("funding_settled", "ETH"): (-0.0008, "% per 8 h", "one settlement", "OKX", "okx", "ETH/USDT:USDT", "funding_rate"),
}  # fmt: skip

# Sentences as text with {metric:subject:rule:printed:scale:decimals}; `|` gives the licences.
NOTE = (
    "BTC touched its lowest price since September 2024 on Thursday: {low_24h:BTC:new_low:$58,115:1:0} on Binance spot.|new_low:BTC|\n\n"
    "||As of 06:00 UTC on 26 June, BTC is at {price:BTC:large_move:$59,982:1:0} ({return_24h:BTC:large_move:−2.7%:1:1} in 24 h) and ETH at {price:ETH:large_move:$1,558.10:1:2} ({return_24h:ETH:large_move:−5.5%:1:1}) on Binance spot.|large_move:BTC,large_move:ETH| "
    "||One hour holds more than the whole net move: from 13:00 to 14:00 UTC on Thursday BTC lost {largest_hour:BTC:one_hour_shock:4.8%:1:1} and ETH {largest_hour:ETH:one_hour_shock:6.0%:1:1}.|one_hour_shock:BTC,one_hour_shock:ETH|\n\n"
    "||ETH/BTC is down {ratio_return_24h:ETH/BTC:cross_rate:2.9%:1:1} over the same 24 h.|cross_rate:ETH/BTC| "
    "||Binance spot turnover in BTC came to {volume_24h_usd:BTC:heavy_volume:$2.03 bn:1000000000:2}, about {volume_ratio:BTC:heavy_volume:1.6 times:1:1} the median of its last 30 weekdays.|heavy_volume:BTC|\n\n"
    "||Funding says less than the price does: the last ETH settlement on OKX was {funding_settled:ETH:funding_level:−0.0008%:1:4} per 8 h.|funding_level:ETH|\n\n"
    "||Not financial advice. Prepared automatically, not reviewed. Positions: not disclosed."
)
POST = (
    "$BTC touched {low_24h:BTC:new_low:$58,115:1:0} on Binance spot, its lowest since September 2024.|new_low:BTC|\n\n"
    "||One hour took {largest_hour:BTC:one_hour_shock:4.8%:1:1}; over 24 h BTC is down {return_24h:BTC:large_move:2.7%:1:1} and ETH {return_24h:ETH:large_move:5.5%:1:1}.|one_hour_shock:BTC|\n\n"
    "||As of 06:00 UTC, 26 June. Not financial advice.\n#BTC #ETH"
)


@dataclass(frozen=True)
class Example:
    snapshot: Snapshot
    history: History
    metrics: dict[tuple[str, str], Metric]
    findings: tuple[Finding, ...]
    story: Story
    note: Draft
    post: Draft
    problems: tuple[Problem, ...] = ()


def stamped(snapshot: Snapshot, lang: str = "en") -> Stamp:
    """The stamp of a snapshot in the shipped words of a language."""
    return stamp_of(snapshot, Templates((shipped_templates(),), lang).words())


def metrics_of(now: int) -> dict[tuple[str, str], Metric]:
    out = {}
    for (name, subject), (value, unit, window, scope, *where) in FIGURES.items():
        ref = SourceRef(where[0], where[1], where[2], value, now, "")
        out[name, subject] = Metric(name, subject, value, unit, scope, window, (ref,))
    return out


def draft_of(form: str, network: str, marked: str, metrics: dict[tuple[str, str], Metric]) -> Draft:
    text, numbers, sentences = "", [], []
    for sentence in marked.split("||"):
        body, licences, tail = (*sentence.split("|"), "", "")[:3]
        start = len(text)
        for part in re.split(r"(\{[^}]*\})", body):
            if not part.startswith("{"):
                text += part
                continue
            name, subject, rule, printed, scale, decimals = part[1:-1].split(":")
            metric = metrics[name, subject]
            numbers.append(NumberTrace(0, len(text), len(text) + len(printed), printed, name, subject, metric.value, metric.unit, float(scale), int(decimals), rule, metric.sources))  # fmt: skip
            text += printed
        keys = tuple(k for k in licences.split(",") if k)
        sentences.append(SentenceTrace(0, start, len(text), keys, furniture=not keys))
        text += tail
    title = "BTC at its lowest since September 2024" if not network else ""
    limit, length = (280, (len(text),)) if network else (None, ())
    return Draft(form, network, "en", (text,), tuple(numbers), tuple(sentences), ("BTC", "ETH"), title, length, limit)  # fmt: skip


def example() -> Example:
    snapshot, history = load_scenario("source_article")
    snapshot = replace(snapshot, headlines=(*snapshot.headlines, replace(snapshot.headlines[0], title=HOSTILE)))  # fmt: skip
    now, metrics = snapshot.now, metrics_of(snapshot.now)
    watch = (
        Watch("confirm", "funding_settled", "ETH", -0.0008, -0.002, "below", now + 2 * HOUR, "third"),
        Watch("refute", "price", "BTC", 59982.0, 61627.45, "above", now + 24 * HOUR, "back"),
    )  # fmt: skip

    def finding(rule: str, subject: str, family: str, strength: float, *evidence: str) -> Finding:
        return Finding(rule, subject, family, "finding", "new", now - 17 * HOUR, strength, 10**-strength, evidence, watch)  # fmt: skip

    findings = (
        finding("new_low", "BTC", "price", 2.81, "low_24h"),
        finding("one_hour_shock", "BTC", "price", 3.0, "largest_hour"),
        finding("one_hour_shock", "ETH", "price", 2.9, "largest_hour"),
        finding("large_move", "BTC", "price", 0.8, "price", "return_24h"),
        finding("large_move", "ETH", "price", 1.2, "price", "return_24h"),
        finding("cross_rate", "ETH/BTC", "relative", 1.4, "ratio_return_24h", "left.return_24h"),
        finding("heavy_volume", "BTC", "volume", 1.1, "volume_24h_usd", "volume_ratio"),
        finding("funding_level", "ETH", "funding", 0.2, "funding_settled"),
        finding("thin_depth", "BTC", "volume", 0.1, "depth_1pct"),
    )
    story = Story(findings[0], findings[1:7], (findings[7],), watch, (("thin_depth:BTC", "below the floor"),), False)  # fmt: skip
    return Example(
        snapshot,
        history,
        metrics,
        findings,
        story,
        draft_of("article", "", NOTE, metrics),
        draft_of("post", "x", POST, metrics),
    )
