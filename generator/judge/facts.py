"""What holds of metrics by their own definitions, written in the rule language.

A proof that two rules exclude each other may use these, and a witness against one must obey them:
without them "fell by 3 sd" and "rose by 2%" could hold together. Only what a formula in `measure`
makes impossible belongs here; a regularity of markets does not.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.errors import RuleError
from generator.judge.grammar import Text
from generator.judge.language import compile_expression
from generator.judge.nodes import MetricInfo, Names, Node, Nodes, Scope


def _same(a: str, b: str) -> str:
    """a has the sign of b, or is zero."""
    return f"({a} > 0 and {b} > 0) or {a} == 0 or ({a} < 0 and {b} < 0)"


FACTS: Mapping[Scope, tuple[str, ...]] = {
    "asset": (
        _same("move_band", "return_24h"),
        _same("return_24h_z", "return_24h"),
        _same("worst_hour_z", "worst_hour_return"),
        "range_24h >= 0",
        "funding_venues_low <= funding_venues_high",
        "funding_venues_negative <= funding_venues",
        "funding_venues_negative >= 0",
        "funding_negative_hours == 0 or funding_settled < 0",
        "funding_negative_hours >= 0",
        "liquidations_long + liquidations_short <= 1",
        "oi_coins >= 0",
        "spot_volume_24h >= 0",
        "spot_volume_multiple >= 0",
    ),
    "pair": (_same("beyond_beta_z", "beyond_beta"),),
    "market": (
        "advancers_share + decliners_share <= 1",
        "advancers_share >= 0 and decliners_share >= 0",
        "advancers >= 0 and decliners >= 0 and universe_count >= 30",
        "advancers + decliners <= universe_count",
    ),
}


def facts(catalog: Mapping[str, MetricInfo], nodes: Nodes) -> dict[Scope, tuple[Node, ...]]:
    """The facts whose metrics this catalogue has, compiled; the others are left out."""
    found: dict[Scope, tuple[Node, ...]] = {}
    for scope, texts in FACTS.items():
        compiled = []
        for text in texts:
            try:
                names = Names(scope, catalog)
                compiled.append(compile_expression(Text(text), names, nodes, condition=True))
            except RuleError:  # a catalogue that lacks one of its metrics
                continue
        found[scope] = tuple(compiled)
    return found
