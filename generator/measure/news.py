"""News: what headlines report, and what their stamps license. Whom they name is decided before.

`news_events` are the event times (ms) of linked headlines that have one; `news_published` the
publication times (ms) of linked, dated, non-question headlines of the last 24 hours; `feed_items`
how many dated items the feeds hold for that time, whatever they are about. `market_news` holds
both times of the reports that are told whatever they name (an economic figure, an outage).

Of each theme that comes with the program there are two counts, made from the list: `news_of_THEME`
of the stories that name an asset, and `market_news_of_THEME` of all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.measure.inputs import Desk, Inputs, Thunk, draws, setting
from generator.measure.registry import MetricInfo, Scope, metric, register
from generator.model import HOUR, MARKET, Floats, SourceRef
from generator.news import NEWS_OF, Item

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


# The themes of `rules/themes` (a test holds the two together). A theme that a user adds is told and
# ordered like these, and counts in `news_of_told`.
THEMES = (
    "delisting", "enforcement", "etf", "exploit", "insolvency", "liquidation_report", "listing",
    "macro_print", "outage", "protocol_failure", "ruling", "stablecoin_depeg", "treasury_purchase",
)  # fmt: skip


@draws("asset")
def put_stories(inputs: Inputs, desk: Desk, asset: str) -> None:
    """The stories that name an asset, by theme, and the times of those that concern all."""
    if desk.wire is None or not desk.wire.items:
        return  # empty feeds hold no absence of stories
    _count(inputs, "", [i for i in desk.wire.stories if asset in i.assets], desk.wire.told[asset])
    times = np.array(desk.wire.market_stamps(), dtype=np.float64).reshape(-1, 2)
    inputs.put("market_news", times, *map(_told_at, desk.wire.told[MARKET]))


@draws("market")
def put_market_stories(inputs: Inputs, desk: Desk) -> None:
    """All stories by theme, whatever they name."""
    inputs.scopes["news"] = "the feeds"
    if desk.wire is not None and desk.wire.items:
        _count(inputs, "market_", desk.wire.stories, desk.wire.told[MARKET])


def _count(inputs: Inputs, prefix: str, stories: Sequence[Item], told: Sequence[Item]) -> None:
    for theme in THEMES:
        of_theme = [s for s in stories if theme in {t.name for t in s.themes}]
        inputs.put(f"{prefix}stories_{theme}", float(len(of_theme)), *map(_told_at, of_theme))
    inputs.put(f"{prefix}stories_told", float(len(told)), *map(_told_at, told))


def _told_at(item: Item) -> Thunk:
    h = item.headline
    return lambda: SourceRef(h.source, "feed", "headline", None, h.published_at, h.url)


def _number(stories: float) -> float:
    """Stories of the last 24 hours, several outlets' reports of one counted once."""
    return stories


def _register(scope: Scope, prefix: str) -> None:
    for theme in (*THEMES, "told"):
        name, raw = f"{prefix}{NEWS_OF}{theme}", (f"{prefix}stories_{theme}",)
        register(MetricInfo(name, "headlines", scope, "24 h", "news", raw, _number))


_register("asset", "")
_register("market", "market_")


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
def event_before_hour(news_events: Floats, market_news: Floats, worst_hour_start: float) -> float:
    """Minutes from an event to the onset of the worst hour, if 0 to 60 (N02, N03).

    The event of a report that names the asset, or of one that is told whatever it names.
    """
    lead = (worst_hour_start - _events(news_events, market_news)) / 60_000
    inside = lead[(lead >= 0) & (lead <= 60)]
    return float(inside.min()) if len(inside) else NAN


@metric("ms", venue="news")
def event_at(news_events: Floats, market_news: Floats, worst_hour_start: float) -> float:
    """When that event happened."""
    events = _events(news_events, market_news)
    inside = events[(events <= worst_hour_start) & (events >= worst_hour_start - HOUR)]
    return float(inside.max()) if len(inside) else NAN


def _events(news_events: Floats, market_news: Floats) -> Floats:
    both = np.concatenate((news_events, market_news[:, 1]))
    return both[np.isfinite(both)]


@metric("headlines", venue="news", window="6 h")
def headlines_before_hour(
    news_published: Floats, worst_hour_start: float, feed_items: float
) -> float:
    """Linked headlines published in the six hours before the worst hour began."""
    if not np.isfinite(worst_hour_start) or not feed_items > 0:
        return NAN
    before = (news_published <= worst_hour_start) & (news_published >= worst_hour_start - 6 * HOUR)
    return float(np.count_nonzero(before))


@metric("headlines", venue="news", window="6 h")
def market_headlines_before_hour(market_news: Floats, worst_hour_start: float) -> float:
    """Reports of economic figures and failures, whatever they name, in those six hours (N03)."""
    if not np.isfinite(worst_hour_start):
        return NAN
    at = market_news[:, 0]
    return float(np.count_nonzero((at <= worst_hour_start) & (at >= worst_hour_start - 6 * HOUR)))
