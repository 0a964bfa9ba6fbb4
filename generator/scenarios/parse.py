"""A scenario file's text into a `Form`, every line checked. Errors carry file:line:column."""

from __future__ import annotations

from collections.abc import Mapping

from generator.errors import ScenarioError
from generator.model import DAY, HOUR, Headline, Source, SourceState
from generator.scenarios import reading as r
from generator.scenarios.flows import FundingForm, VolumeForm
from generator.scenarios.form import (
    BUCKETS,
    MOST,
    AssetForm,
    BucketForm,
    Form,
    PerpForm,
    SpotForm,
    UniverseForm,
)
from generator.scenarios.paths import PathForm, Shock

SPOT = ("binance", "coinbase", "kraken", "okx", "bybit")
FUTURES = ("krakenfutures", "gate", "kucoinfutures", "bitget")
PERP = ("binanceusdm", "okx", "bybit", "hyperliquid", *FUTURES)
STATES: tuple[SourceState, ...] = ("ok", "partial", "blocked", "failed", "skipped")


def read_form(text: str, name: str, file: str) -> Form:
    """Raises ScenarioError with file:line:column for anything unknown, missing or impossible."""
    top = r.keyed(
        r.read(text, file),
        ("universe", "headlines", "fear_greed", "stablecoins", "illustrative", "about"),
        ("title", "now", "seed", "sources", "assets"),
    )
    now = _hour(top["now"])
    if not r.mapping(top["assets"]):
        raise ScenarioError(top["assets"].where, "no asset is given", "add BTC and ETH")
    fear, typical = _fear_greed(top.get("fear_greed"))
    marks = r.items(top["illustrative"]) if "illustrative" in top else ()
    return Form(
        name=name,
        title=r.text(top["title"]),
        about=r.text(top["about"], 2000) if "about" in top else "",
        now=now,
        seed=int(r.number(top["seed"], 0, 2**31)),
        illustrative=tuple(r.word(n, ("derivatives", "universe", "spot")) for n in marks),
        sources=_sources(top["sources"]),
        assets=tuple(_asset(k, n, now) for k, n in r.mapping(top["assets"]).items()),
        universe=_universe(top["universe"]) if "universe" in top else None,
        headlines=_headlines(top.get("headlines"), now),
        fear_greed=fear,
        fear_greed_typical=typical,
        stablecoins=_stablecoins(top.get("stablecoins")),
    )


def _hour(node: r.Node) -> int:
    value = r.moment(node)
    if value % HOUR:
        raise ScenarioError(node.where, "not on a full hour", "bars are hourly: use hh:00Z")
    return value


def _maybe(entries: Mapping[str, r.Node], key: str, low: float, high: float) -> float | None:
    return r.number(entries[key], low, high) if key in entries else None


def _or(
    entries: Mapping[str, r.Node], key: str, low: float, high: float, otherwise: float
) -> float:
    return r.number(entries[key], low, high) if key in entries else otherwise


def _ticker(raw: str, where: str) -> str:
    if not (raw.isascii() and raw.isalnum() and raw == raw.upper() and len(raw) <= 12):
        raise ScenarioError(where, f"`{raw[:20]}` is not a ticker", "capitals and digits, e.g. BTC")
    return raw


def _sources(node: r.Node) -> tuple[Source, ...]:
    found = []
    for name, value in r.mapping(node).items():
        entries = r.keyed(value, ("reason", "seconds", "state"), ("state",))
        state = next(s for s in STATES if s == r.word(entries["state"], STATES))
        reason = r.text(entries["reason"]) if "reason" in entries else ""
        if state != "ok" and not reason:
            raise ScenarioError(value.where, f"`{name}` is {state} without a reason", "add reason:")
        found.append(Source(name, state, reason, _or(entries, "seconds", 0, 600, 0.0), 0))
    return tuple(found)


def _asset(ticker: str, node: r.Node, now: int) -> AssetForm:
    own = "name market_cap_usd daily_volatility_pct start_price anchors ranges shocks volume"
    entries = r.keyed(node, (*own.split(), "days", "spot", "perp"), ("price", "change_24h_pct"))
    return AssetForm(
        ticker=_ticker(ticker, node.where),
        name=r.text(entries["name"], 40) if "name" in entries else ticker.lower(),
        price=r.number(entries["price"], 1e-12, MOST),
        change_24h_pct=r.number(entries["change_24h_pct"], -99, 1e4),
        market_cap_usd=_maybe(entries, "market_cap_usd", 1, MOST),
        path=_path(entries, now),
        volume=_volume(entries.get("volume")),
        spot={k: _spot(n) for k, n in _venues(entries.get("spot"), SPOT)},
        perp={k: _perp(n) for k, n in _venues(entries.get("perp"), PERP)},
    )


def _venues(node: r.Node | None, known: tuple[str, ...] | list[str]) -> list[tuple[str, r.Node]]:
    return list(r.keyed(node, known).items()) if node is not None else []


def _path(entries: Mapping[str, r.Node], now: int) -> PathForm:
    days = int(_or(entries, "days", 46, 1500, 120))
    anchors = {}
    for raw, node in r.mapping(entries["anchors"]).items() if "anchors" in entries else ():
        at = r.stamp(raw, node.where)
        if at % HOUR or not now - days * DAY <= at < now:
            raise ScenarioError(node.where, f"the anchor {raw} is outside the history", "move it")
        anchors[at] = r.number(node, 1e-12, MOST)
    ranges = {}
    for raw, node in r.mapping(entries["ranges"]).items() if "ranges" in entries else ():
        pair = r.items(node)
        if len(pair) != 2 or r.stamp(raw, node.where) % DAY:
            raise ScenarioError(node.where, "a range is `date: [low, high]`", "correct the line")
        low, high = r.number(pair[0], 1e-12, MOST), r.number(pair[1], 1e-12, MOST)
        if low >= high:
            raise ScenarioError(node.where, "the low is not below the high", "swap them")
        ranges[r.stamp(raw, node.where)] = (low, high)
    shocks = (
        tuple(_shock(n, now) for n in r.items(entries["shocks"])) if "shocks" in entries else ()
    )
    return PathForm(
        days=days,
        volatility_pct=_or(entries, "daily_volatility_pct", 0.01, 50, 3.0),
        anchors=anchors,
        ranges=ranges,
        shocks=shocks,
        start_price=_maybe(entries, "start_price", 1e-12, MOST),
    )


def _shock(node: r.Node, now: int) -> Shock:
    entries = r.keyed(node, ("low", "high", "volume_times"), ("at", "change_pct"))
    at = _hour(entries["at"])
    if not now - 40 * DAY <= at < now:
        raise ScenarioError(node.where, "the shock is not within the last 40 days", "move it")
    return Shock(
        at=at,
        change_pct=r.number(entries["change_pct"], -95, 1000),
        low=_maybe(entries, "low", 1e-12, MOST),
        high=_maybe(entries, "high", 1e-12, MOST),
        volume_times=_or(entries, "volume_times", 0.01, 100, 1.0),
    )


def _volume(node: r.Node | None) -> VolumeForm:
    if node is None:
        return VolumeForm()
    entries = r.keyed(node, ("vs_typical", "week_times", "weekend"))
    return VolumeForm(
        _or(entries, "vs_typical", 0.01, 100, 1.0),
        _or(entries, "week_times", 0.01, 100, 1.0),
        _or(entries, "weekend", 0.05, 5, 0.5),
    )


def _spot(node: r.Node) -> SpotForm:
    entries = r.keyed(node, ("volume_24h_usd", "basis_bp"))
    return SpotForm(
        _maybe(entries, "volume_24h_usd", 0, MOST), _or(entries, "basis_bp", -5000, 5000, 0.0)
    )


def _perp(node: r.Node) -> PerpForm:
    premium = ("premium_bp", "premium_8h_bp", "premium_typical_bp")
    forced = ("liquidations_24h_usd", "liquidations_long_share")
    known = ("volume_24h_usd", "funding", "oi_coins", "oi_change_24h_pct")
    entries = r.keyed(node, (*known, *premium, *forced))
    funding, now_pct, cap = _funding(entries.get("funding"))
    return PerpForm(
        volume_24h_usd=_maybe(entries, "volume_24h_usd", 0, MOST),
        premium_bp=_or(entries, "premium_bp", -5000, 5000, -4.5),
        premium_8h_bp=_maybe(entries, "premium_8h_bp", -5000, 5000),
        premium_typical_bp=_or(entries, "premium_typical_bp", -5000, 5000, -4.5),
        funding=funding,
        funding_now_pct=now_pct,
        funding_cap_pct=cap,
        oi_coins=_maybe(entries, "oi_coins", 0, MOST),
        oi_change_24h_pct=_or(entries, "oi_change_24h_pct", -99, 1e4, 0.0),
        liquidations_24h_usd=_maybe(entries, "liquidations_24h_usd", 0, MOST),
        liquidations_long_share=_maybe(entries, "liquidations_long_share", 0, 1),
    )


def _funding(node: r.Node | None) -> tuple[FundingForm | None, float | None, float | None]:
    if node is None:
        return None, None, None
    known = ("now_pct", "last_pct", "typical_pct", "spread_pct", "cap_pct")
    entries = r.keyed(node, known, ("interval_h",))
    hours = int(r.number(entries["interval_h"], 1, 8))
    if hours not in (1, 2, 4, 8):
        raise ScenarioError(entries["interval_h"].where, f"{hours} h is no interval", "1, 2, 4, 8")
    last = r.items(entries["last_pct"]) if "last_pct" in entries else ()
    form = FundingForm(
        interval_h=hours,
        typical_pct=_or(entries, "typical_pct", -5, 5, 0.004 * hours / 8),
        spread_pct=_or(entries, "spread_pct", 0, 5, 0.004 * hours / 8),
        last=tuple(r.number(n, -5, 5) for n in last[-200:]),
    )
    return form, _maybe(entries, "now_pct", -5, 5), _maybe(entries, "cap_pct", 0, 10)


def _universe(node: r.Node) -> UniverseForm:
    entries = r.keyed(node, ("days", "exact", "volume_times"), ("venues", "buckets"))
    buckets = r.keyed(entries["buckets"], (), BUCKETS)
    exact = r.mapping(entries["exact"]) if "exact" in entries else {}
    return UniverseForm(
        venues=tuple(r.word(n, PERP) for n in r.items(entries["venues"])),
        days=int(_or(entries, "days", 60, 400, 180)),
        buckets={k: _bucket(n) for k, n in buckets.items()},
        exact={_ticker(k, n.where): _exact(n) for k, n in exact.items()},
        volume_times=_or(entries, "volume_times", 0.01, 100, 1.0),
    )


def _bucket(node: r.Node) -> BucketForm:
    e = r.keyed(
        node,
        ("spread_24h_pct", "change_7d_pct", "spread_7d_pct", "week_volume_times"),
        ("change_24h_pct",),
    )
    return BucketForm(
        r.number(e["change_24h_pct"], -90, 500),
        _or(e, "spread_24h_pct", 0, 30, 2.0),
        _or(e, "change_7d_pct", -90, 500, 0.0),
        _or(e, "spread_7d_pct", 0, 60, 4.0),
        _or(e, "week_volume_times", 0.05, 50, 1.0),
    )


def _exact(node: r.Node) -> tuple[float, float | None, float | None, float | None]:
    e = r.keyed(node, ("price", "volume_24h_usd", "market_cap_usd"), ("change_24h_pct",))
    return (
        r.number(e["change_24h_pct"], -95, 1e4),
        _maybe(e, "price", 1e-12, MOST),
        _maybe(e, "volume_24h_usd", 0, MOST),
        _maybe(e, "market_cap_usd", 1, MOST),
    )


def _headlines(node: r.Node | None, now: int) -> tuple[Headline, ...]:
    found = []
    for item in r.items(node) if node is not None else ():
        e = r.keyed(item, ("published", "event", "summary"), ("source", "title", "url"))
        url = r.text(e["url"])
        if not url.startswith("https://"):
            raise ScenarioError(e["url"].where, "not an https address", "give the full link")
        published = r.moment(e["published"]) if "published" in e else None
        event = r.moment(e["event"]) if "event" in e else None
        if max(published or 0, event or 0) > now:
            raise ScenarioError(item.where, "the headline lies after the scenario", "move it")
        found.append(
            Headline(
                source=r.text(e["source"], 60),
                title=r.text(e["title"], 240),
                url=url,
                published_at=published,
                received_at=now,
                summary=r.text(e["summary"], 600) if "summary" in e else "",
                event_at=event,
            )
        )
    return tuple(found)


def _fear_greed(node: r.Node | None) -> tuple[tuple[float, ...], float]:
    if node is None:
        return (), 45.0
    e = r.keyed(node, ("typical",), ("last",))
    last = tuple(r.number(n, 0, 100) for n in r.items(e["last"])[-180:])
    return last, _or(e, "typical", 0, 100, 45.0)


def _stablecoins(node: r.Node | None) -> dict[str, tuple[float, float, float]]:
    out = {}
    for ticker, value in r.mapping(node).items() if node is not None else ():
        e = r.keyed(value, (), ("price", "supply_usd", "supply_prev_week_usd"))
        supply, before = (r.number(e[k], 0, MOST) for k in ("supply_usd", "supply_prev_week_usd"))
        out[_ticker(ticker, value.where)] = (r.number(e["price"], 0.01, 10), supply, before)
    return out
