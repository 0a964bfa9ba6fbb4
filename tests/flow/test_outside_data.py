"""What rests on data from outside the venues, each at an end of its record, is told whole.

Generated markets hold no vendor's series, options or sentiment; here each such series in turn ends
in an extreme, and every finding that only this brings about is told beside the prices alone.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from generator.flow import Memory, desk_of, planned, told
from generator.judge import Judgement
from generator.model import Finding, History, Panel, SeriesKey
from generator.networks import named
from generator.write.sheet import Desk
from tests.flow.desk import SLOT, shop, templates
from tests.truth.rich import rich

LEVELS = ("price_level", "funding_level")
RULES = {
    *("account_ratio_unusual", "top_trader_ratio_unusual", "taker_buy_share", "dvol_shock"),
    *("etf_net_flow", "options_skew", "cme_basis_unusual", "fear_greed_extreme", "label_change"),
    *("stock_index_move", "nasdaq_move", "dollar_move", "yield_move"),
}
Case = tuple[Desk, Finding, Panel, Judgement]


def ending(history: History, key: SeriesKey, high: bool) -> History:
    """A history in which one series ends above, or below, all that it held."""
    series = history.series[key]
    data = series.data.copy()
    data[-1, 1] = 1.3 * data[:, 1].max() if high else 0.7 * data[:, 1].min()
    return replace(history, series={**history.series, key: replace(series, data=data)})


@cache
def found() -> dict[tuple[str, bool], Case]:
    """Each rule told of a high and of a low: the desk, the finding, the rows and the judgement."""
    kit, (snapshot, history) = shop(), rich()
    parts = kit.config, kit.book, kit.templates
    usual = {f.key for f in desk_of(snapshot, history, *parts, seed=SLOT)[2].findings}
    out: dict[tuple[str, bool], Case] = {}
    for key in [k for k in history.series if k[2] == "index"]:
        for high in (False, True):
            made = desk_of(snapshot, ending(history, key, high), *parts, seed=f"{SLOT}/{key}")
            for finding in made[2].findings:
                if finding.key not in usual and (finding.rule, high) not in out:
                    # One that goes on, or a weak one, may be left unsaid.
                    fresh = replace(finding, state="new", strength=3.0)
                    out[finding.rule, high] = (made[0], fresh, *made[1:])
    return out


def test_every_rule_on_outside_data_is_brought_about() -> None:
    assert {rule for rule, _ in found()} >= RULES


@pytest.mark.parametrize("lang", ["en", "es", "zh"])
def test_outside_data_at_an_end_of_their_record_are_told_without_a_fault(lang: str) -> None:
    networks = (named("x"), named("x", {"form": "thread"}), named("newsletter"))
    for (rule, high), (desk, finding, rows, judgement) in found().items():
        kept = tuple(f for f in judgement.findings if f.rule in LEVELS)
        story = planned(replace(judgement, findings=(*kept, finding)), shop().book, Memory())
        own = replace(desk, templates=templates(lang), story=story)
        made = told(own, rows, judgement, networks)
        assert finding.key in {k for t in made.drafts[0].sentences for k in t.findings}, rule
        wrong = [p.message for ps in made.problems for p in ps if p.severity == "error"]
        assert not wrong, (rule, high, wrong)
