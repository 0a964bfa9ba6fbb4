"""Whether news is absent is only known when every feed was read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.collect.scenario import load_scenario
from generator.measure import measure
from generator.model import Source, SourceState
from generator.settings import MarketSection


@pytest.mark.parametrize(("state", "flag"), [("ok", 1.0), ("partial", 0.0), ("failed", 0.0)])
def test_feeds_are_complete_only_when_the_source_that_reads_them_says_so(
    state: SourceState, flag: float
) -> None:
    snapshot, history = load_scenario("one_hour_crash")
    feeds = Source("headlines", state, "" if state == "ok" else "Decrypt: HTTP 403", 0.1, 9)
    told = replace(snapshot, sources=(*snapshot.sources, feeds))
    assert measure(told, history, MarketSection()).values["BTC"]["feeds_complete"] == flag


def test_without_a_word_of_the_feeds_nothing_is_known_of_them() -> None:
    snapshot, history = load_scenario("one_hour_crash")
    bare = replace(snapshot, sources=(), headlines=())
    value = measure(bare, history, MarketSection()).values["BTC"].get("feeds_complete")
    assert value is None or value != value
