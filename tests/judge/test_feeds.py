"""What an unknown rule is told to want: failed, answered without it, switched off, or nowhere."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

import numpy as np
import pytest

from generator.cli import main
from generator.errors import EXIT_DONE
from generator.judge.feeds import FEEDS, feed_of
from generator.judge.lacks import Lack, lacks, told
from generator.measure import catalog
from generator.measure.inputs import Inputs
from generator.model import MARKET, Snapshot, Source
from generator.settings import CollectSection

ALL = frozenset(CollectSection().venues + CollectSection().aggregators + CollectSection().side)


def snapshot(sources: Mapping[str, tuple[str, str]], mode: str = "live") -> Snapshot:
    empty = np.zeros((0, 0))
    listed = tuple(Source(n, s, r, 0.1, 1) for n, (s, r) in sources.items())  # type: ignore[arg-type]  # states as text
    return Snapshot(
        "s", 0, mode, (), (), empty, empty.astype(np.uint8), empty, empty,  # type: ignore[arg-type]  # modes as text
        empty.astype(np.int16), (), listed,
    )  # fmt: skip


def lack(
    metric: str,
    sources: Mapping[str, tuple[str, str]] | None = None,
    *,
    subject: str = "BTC",
    inputs: Mapping[str, Inputs] | None = None,
    configured: Collection[str] = ALL,
    mode: str = "live",
) -> Lack:
    found = lacks(
        [metric], subject, inputs or {}, snapshot(sources or {}, mode), configured, catalog()
    )
    assert len(found) == 1
    return found[0]


def test_a_source_that_failed_is_told_with_its_reason() -> None:
    text = told(lack("dvol", {"deribit": ("failed", "no answer within 25 s")}))
    assert text == "dvol: Deribit's volatility index: deribit failed (no answer within 25 s)"


def test_a_source_that_answered_without_it_is_no_failure() -> None:
    assert told(lack("dvol", {"deribit": ("ok", "")})).endswith("deribit answered without it")


def test_a_source_that_is_switched_off_is_told_so() -> None:
    off = lack("dvol", configured=ALL - {"deribit"})
    assert told(off).endswith("deribit is switched off")
    assert told(lack("dvol")).endswith("deribit was not asked then")
    assert told(lack("dvol", mode="scenario")).endswith("deribit is not in this scenario")


def test_what_no_public_source_has_names_what_to_bring() -> None:
    text = told(lack("etf_flow", subject="ETH"))
    assert text == (
        "etf_flow: flows of the US spot ETFs: no keyless source has it; "
        "bring series ETF_FLOW_ETH, see docs/optional-sources.md"
    )


def test_a_calendar_that_ends_too_early_is_told_so() -> None:
    kept = lack("macro_ahead_hours", {"calendar": ("partial", "no entry after now")})
    assert "calendar answered in part (no entry after now); bring an entry" in told(kept)
    assert "no keyless source has it; bring an entry" in told(lack("macro_ahead_hours"))


def test_sources_of_one_fate_are_told_together() -> None:
    text = told(lack("usdt_price", {"coinbase": ("ok", ""), "kraken": ("ok", "")}, subject=MARKET))
    assert text.endswith("coinbase, kraken answered without it")


def test_inputs_that_are_there_make_it_a_matter_of_the_record() -> None:
    own = Inputs()
    for raw in ("dvol_ts", "dvol_value", "days_close"):
        own.put(raw, np.array([1.0]))
    found = lack("dvol", {"deribit": ("ok", "")}, inputs={"BTC": own})
    assert found.given
    assert "too short, too old or with a gap" in told(found)


def test_a_market_that_speaks_without_the_number_is_named_with_the_sources_in_trouble() -> None:
    own = Inputs()
    own.scopes["price"] = "Coinbase spot"
    sources = {"coinbase": ("ok", ""), "binance": ("blocked", "HTTP 451")}
    text = told(lack("return_24h", sources, inputs={"BTC": own}))
    assert "taken from Coinbase spot, which lacks it; binance blocked (HTTP 451)" in text


def test_a_side_of_a_pair_and_a_named_asset_are_looked_for_where_they_stand() -> None:
    eth = Inputs()
    eth.scopes["price"] = "OKX spot"
    for written in ("left.return_24h", "eth.return_24h"):
        assert lack(written, subject="ETH/BTC", inputs={"ETH": eth}).chosen == "OKX spot"


def test_a_window_over_the_past_stands_for_the_metric_inside_it() -> None:
    assert lack("change(dvol, 24h)").numbers == ("dvol",)


def test_an_input_of_another_family_leads_to_its_own_source() -> None:
    assert feed_of("market_value_past", "oi") == "market_value"
    assert feed_of("hourly_close", "news") == "price"
    assert feed_of("oi_past", "oi") == "oi"


def test_every_source_that_feeds_something_is_one_that_is_collected() -> None:
    assert {n for f in FEEDS.values() for n in f.sources} <= ALL | {"headlines"}


@pytest.mark.parametrize("source", sorted(ALL))
def test_every_source_that_is_collected_feeds_something(source: str) -> None:
    assert any(source in f.sources for f in FEEDS.values())


def test_explain_tells_a_blocked_venue_from_an_absent_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ["explain", "BTC", "--scenario", "venue_outage", "--rule", "taker_buy_share"]
    assert main(asked) == EXIT_DONE
    assert "binance, binanceusdm blocked (HTTP 451" in capsys.readouterr().out
    assert main([*asked, "--json"]) == EXIT_DONE
    rule = json.loads(capsys.readouterr().out)["rules"]["taker_buy_share"]
    states = {s["name"]: s["state"] for s in rule["lacks"][0]["sources"]}
    assert states == {"binance": "blocked", "binanceusdm": "blocked"}
