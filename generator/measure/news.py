"""News timing: what a headline's stamps license. Relevance is decided before, by names.

`news_events` are the event times (ms) of linked headlines that have one; `news_published` the
publication times (ms) of linked, dated, non-question headlines of the last 24 hours; `feed_items`
how many dated items the feeds hold for that time, whatever they are about.
"""

from __future__ import annotations

import numpy as np

from generator.measure.inputs import Desk, Inputs, draws, setting
from generator.measure.registry import metric
from generator.model import HOUR, Floats

NAN = float("nan")
FEEDS = "headlines"  # the source that reads all feeds; it is `ok` only if every one answered


@draws("asset")
def put_feeds(inputs: Inputs, desk: Desk, asset: str) -> None:
    """Whether every feed was read; left out where no source says so."""
    named = {FEEDS, *(h.source for h in desk.snapshot.headlines)}
    states = [s.state for s in desk.snapshot.sources if s.name in named and s.state != "skipped"]
    if states:
        whole = float(all(s == "ok" for s in states))
        inputs.put("feeds_whole", whole, setting("feeds that all answered", whole))


@metric("headlines", venue="news", window="24 h")
def headlines_linked(news_published: Floats, feed_items: float) -> float:
    """Dated headlines of the last 24 hours that name the asset; unknown with empty feeds."""
    return float(len(news_published)) if feed_items > 0 else NAN


@metric("headlines", venue="news", window="24 h")
def headlines_in_feed(feed_items: float) -> float:
    """All dated headlines of the last 24 hours; unknown when the feeds gave none."""
    return feed_items if feed_items > 0 else NAN


@metric("flag", venue="news")
def feeds_complete(feeds_whole: float) -> float:
    """1 if every configured feed answered, 0 if one did not: what is absent may stand in that."""
    return feeds_whole


@metric("min", venue="news", window="1 h")
def event_before_hour(news_events: Floats, worst_hour_start: float) -> float:
    """Minutes from a linked event to the onset of the worst hour, if 0 to 60 (N02)."""
    lead = (worst_hour_start - news_events) / 60_000
    inside = lead[(lead >= 0) & (lead <= 60)]
    return float(inside.min()) if len(inside) else NAN


@metric("ms", venue="news")
def event_at(news_events: Floats, worst_hour_start: float) -> float:
    """When that event happened."""
    inside = news_events[
        (news_events <= worst_hour_start) & (news_events >= worst_hour_start - HOUR)
    ]
    return float(inside.max()) if len(inside) else NAN


@metric("headlines", venue="news", window="6 h")
def headlines_before_hour(
    news_published: Floats, worst_hour_start: float, feed_items: float
) -> float:
    """Linked headlines published in the six hours before the worst hour began."""
    if not np.isfinite(worst_hour_start) or not feed_items > 0:
        return NAN
    before = (news_published <= worst_hour_start) & (news_published >= worst_hour_start - 6 * HOUR)
    return float(np.count_nonzero(before))
