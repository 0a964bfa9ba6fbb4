"""A ccxt exchange as this program uses it: prefixed, clocked, listed from the cache, closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.collect import listing
from generator.collect.capped import cap
from generator.collect.cleaning import QUOTES, asset_class, split_multiplier
from generator.collect.context import Context
from generator.collect.faults import Fault, SourceFault, annotate
from generator.collect.rows import Row
from generator.model import Instrument, InstrumentKind


def prefixed(node: Any, prefix: str) -> Any:
    """Every URL in a nested value with the prefix before it."""
    if isinstance(node, dict):
        return {k: prefixed(v, prefix) for k, v in node.items()}
    return prefix + node if isinstance(node, str) and node.startswith("http") else node


async def open_exchange(ctx: Context, exchange_id: str, types: tuple[str, ...] = (),
                        options: Mapping[str, Any] | None = None, *,
                        listed: bool = True) -> Any:  # fmt: skip
    """An exchange with its markets loaded, one market type at a time; with none if not `listed`.

    A type that fails costs only itself (noted); none at all raises SourceFault. Created inside
    the running loop and closed by the context: an instance cannot outlive its loop.
    """
    import ccxt.async_support as ccxt

    extra = dict(options or {})
    exchange = getattr(ccxt, exchange_id)(
        {"enableRateLimit": False, "timeout": int(ctx.settings.request_s * 1000),
         "aiohttp_trust_env": True, "options": extra}
    )  # fmt: skip
    # A snapshot is a handful of calls, far under every limit; the throttle would only add its
    # worst-case pauses. Back-filling turns it on.
    exchange.has["fetchCurrencies"] = False  # never needed, and private or slow on most venues
    exchange.urls["api"] = prefixed(exchange.urls["api"], ctx.settings.url_prefix)
    exchange.milliseconds = ctx.clock.now
    exchange.seconds = lambda: ctx.clock.now() // 1000
    exchange.timeout_on_exit = 20  # ms; ccxt waits 250 for streams that are never opened here
    annotate(exchange)
    await ctx.stack.enter_async_context(exchange)
    cap(exchange)
    ctx.exchange = exchange
    if listed:
        await _load(ctx, exchange, types, ccxt.__version__)
    return exchange


async def _load(ctx: Context, exchange: Any, types: tuple[str, ...], version: str) -> None:
    found: list[dict[str, Any]] = []
    fault: Fault | None = None
    for kind in types or ("all",):
        try:
            found += await _listing(ctx, exchange, kind, version)
        except SourceFault as error:
            fault = error.fault
            ctx.note(f"listing of {kind} markets: {fault.reason}")
            if fault.host:
                break
    if not found:
        raise SourceFault(fault or Fault("failed", "no markets are listed"))
    exchange.set_markets(found)


async def _listing(ctx: Context, exchange: Any, kind: str, version: str) -> list[dict[str, Any]]:
    key = listing.key_of(ctx.name, kind, ctx.settings.url_prefix, version, ctx.clock)
    today = listing.day_of(ctx.clock.start)
    if (known := listing.read(ctx.cache_dir, key, today)) is not None:
        return known
    if kind != "all":
        chosen = exchange.options.get("fetchMarkets")
        base = chosen if isinstance(chosen, dict) else {}
        exchange.options["fetchMarkets"] = {**base, "types": [kind]}
    try:
        markets = list((await ctx.ask("markets", exchange.fetch_markets)).data)
    except SourceFault as error:
        old = listing.last_good(ctx.cache_dir, key, today)
        # After a block the tickers would fail as well: an old list would only hide the reason.
        if old is None or error.fault.state == "blocked":
            raise
        ctx.note(f"listing of {old[0]} used: {error.fault.reason}")
        return old[1]
    if markets:
        listing.write(ctx.cache_dir, key, today, markets)
    return markets


def instrument(ctx: Context, exchange: Any, symbol: str) -> Instrument | None:
    """The instrument of a unified symbol, or None when it is not ours to speak of.

    Ours: listed, active, quoted in USDT, USDC or USD, and either spot or a linear perpetual.
    """
    market = exchange.markets.get(symbol)
    if market is None or market.get("active") is False or market.get("quote") not in QUOTES:
        return None
    kind: InstrumentKind
    if market.get("swap") and market.get("linear"):
        kind = "perp_linear"
    elif market.get("spot"):
        kind = "spot"
    else:
        return None
    base, multiplier = split_multiplier(str(market["base"]))
    listed = market.get("created")
    labels = (("listed", str(int(listed))),) if listed and listed > 0 else ()
    return Instrument(ctx.name, symbol, str(market["id"]), kind, base, market["quote"], multiplier,
                      asset_class(base, market), labels)  # fmt: skip


def dated(ctx: Context, exchange: Any, market: Mapping[str, Any]) -> Instrument | None:
    """A dated future of a major as an instrument of kind `future`, or None.

    Ours: listed, active, linear, quoted in USDT, USDC or USD, not yet expired. OKX lists contracts
    of five years that pay funding among its futures (`xperp`): those are not dated futures.
    """
    expiry, base = market.get("expiry"), str(market.get("base"))
    if not market.get("future") or not market.get("linear") or market.get("active") is False:
        return None
    if market.get("quote") not in QUOTES or base not in ctx.settings.majors:
        return None
    if not expiry or expiry <= ctx.clock.now() or market["info"].get("ruleType") == "xperp":
        return None
    return Instrument(ctx.name, market["symbol"], str(market["id"]), "future", base,
                      market["quote"], labels=(("expiry", str(int(expiry))),))  # fmt: skip


def dated_rows(ctx: Context, exchange: Any) -> list[Row]:
    """The rows of all dated futures that a venue lists for the majors."""
    found = (dated(ctx, exchange, m) for _, m in sorted(exchange.markets.items()))
    return [ctx.row(i) for i in found if i is not None]


def row_of(ctx: Context, exchange: Any, symbol: str) -> Row | None:
    found = instrument(ctx, exchange, symbol)
    return None if found is None else ctx.row(found)


def each(ctx: Context, exchange: Any, answers: Mapping[str, Any]) -> Iterator[tuple[Row, Any]]:
    """Rows and items of a unified answer; a broken item costs only itself."""
    for symbol, item in answers.items():
        if isinstance(item, dict) and (row := row_of(ctx, exchange, symbol)) is not None:
            yield row, item


def contract_size(exchange: Any, row: Row) -> float | None:
    """Units of the quoted thing per contract; None when the venue does not say."""
    size = exchange.markets[row.instrument.symbol].get("contractSize")
    return float(size) if size else None
