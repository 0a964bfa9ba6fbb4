"""Doubles of what is not a ticker: positions, liquidations, books, an index of volatility, totals.

In the venues' documented wire formats, strictly: a missing parameter is refused. One trap each: a
page cap, an hour in progress, a book too short, a contract of five years, an expired future.
"""

from __future__ import annotations

from typing import Any

from tests.collect.doubles import DAY, HOUR, NOW, Query, Refused, Reply, need, okx

EXPIRY = 1_774_598_400_000  # 2026-03-27 08:00 UTC
FAPI = "fapi.binance.com/futures/data"
SPOT = "api.binance.com/api/v3"


def steps(first: int, last: int, step: int) -> list[int]:
    return list(range(-(-first // step) * step, min(last, NOW) + 1, step))


# ------------------------------------------------------------------------------ Binance


def ratio(base: float) -> Reply:
    """Newest rows win when a window holds more than the limit; no window may begin too early."""

    def reply(query: Query) -> Any:
        need(query, period="1h", symbol="BTCUSDT")
        start, end, limit = (int(query[k]) for k in ("startTime", "endTime", "limit"))
        if start <= NOW - 30 * DAY or not 1 <= limit <= 500:
            raise Refused(400, '{"code":-1130,"msg":"parameter startTime is invalid."}')
        return [
            {"symbol": "BTCUSDT", "longShortRatio": str(base + t % DAY / DAY), "timestamp": t,
             "longAccount": "0.6", "shortAccount": "0.4"} for t in steps(start, end, HOUR)
        ][-limit:]  # fmt: skip

    return reply


def spot_symbol(base: str) -> dict[str, Any]:
    return {
        "symbol": f"{base}USDT", "status": "TRADING", "baseAsset": base, "quoteAsset": "USDT",
        "baseAssetPrecision": 8, "quoteAssetPrecision": 8, "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False, "permissions": ["SPOT"], "filters": [],
    }  # fmt: skip


def klines(query: Query) -> Any:
    """12 fields a candle: 7 is the quote volume, 10 what buyers initiated of it."""
    step = {"1d": DAY, "1h": HOUR}[query["interval"]]
    end = min(int(query["endTime"]), NOW)
    rows = steps(int(query["startTime"]), end, step)[: int(query["limit"])]
    return [[t, "64000", "64500", "63500", "64100", "1000", t + step - 1, "64000000", 5000,
             "480", "30720000" if t % (2 * DAY) else "0", "0"] for t in rows]  # fmt: skip


def book(query: Query) -> Any:
    if not 1 <= int(query["limit"]) <= 5000:
        raise Refused(400, '{"code":-1100,"msg":"Illegal limit"}')
    if query["symbol"] == "ETHUSDT":  # ends 0.5% away
        return {"lastUpdateId": 1, "bids": [["1999", "5"], ["1990", "5"]],
                "asks": [["2001", "5"], ["2010", "5"]]}  # fmt: skip
    return {"lastUpdateId": 1,
            "bids": [["63990", "1"], ["63500", "2"], ["63000", "100"]],
            "asks": [["64010", "1"], ["64500", "2"], ["65000", "100"]]}  # fmt: skip


BINANCE: dict[str, Reply] = {
    f"{FAPI}/globalLongShortAccountRatio": ratio(1.5),
    f"{FAPI}/topLongShortPositionRatio": ratio(2.5),
    f"{SPOT}/exchangeInfo": lambda q: {"symbols": [spot_symbol("BTC"), spot_symbol("ETH")]},
    f"{SPOT}/ticker/24hr": lambda q: [
        {"symbol": s, "lastPrice": p, "openPrice": p, "highPrice": p, "lowPrice": p,
         "volume": "1", "quoteVolume": "64000000", "closeTime": NOW, "priceChangePercent": "0",
         "priceChange": "0"} for s, p in (("BTCUSDT", "64000"), ("ETHUSDT", "2000"))
    ],
    f"{SPOT}/klines": klines,
    f"{SPOT}/depth": book,
}  # fmt: skip


# ------------------------------------------------------------------------------ Bybit, Gate


def account_ratio(query: Query) -> Any:
    need(query, category="linear", period="1h", symbol="BTCUSDT")
    rows = steps(int(query["startTime"]), int(query["endTime"]), HOUR)
    found = [{"symbol": "BTCUSDT", "buyRatio": "0.6", "sellRatio": "0.4", "timestamp": str(t)}
             for t in rows][-int(query["limit"]) :]  # fmt: skip
    return {"retCode": 0, "retMsg": "OK", "retExtInfo": {}, "time": NOW,
            "result": {"list": found[::-1], "nextPageCursor": ""}}  # fmt: skip


def bybit_list(rows: list[dict[str, Any]]) -> Any:
    return {"retCode": 0, "retMsg": "OK", "retExtInfo": {}, "time": NOW,
            "result": {"category": "linear", "list": rows, "nextPageCursor": ""}}  # fmt: skip


BYBIT: dict[str, Reply] = {
    "api.bybit.com/v5/market/instruments-info": lambda q: bybit_list([{
        "symbol": "BTCUSDT", "contractType": "LinearPerpetual", "status": "Trading",
        "baseCoin": "BTC", "quoteCoin": "USDT", "settleCoin": "USDT", "launchTime": "1584230400000",
        "deliveryTime": "0", "priceScale": "2", "fundingInterval": 480,
        "leverageFilter": {"minLeverage": "1", "maxLeverage": "100"},
        "priceFilter": {"tickSize": "0.1"},
        "lotSizeFilter": {"qtyStep": "0.001", "minOrderQty": "0.001", "maxOrderQty": "100"},
    }]),
    "api.bybit.com/v5/market/tickers": lambda q: bybit_list([{
        "symbol": "BTCUSDT", "lastPrice": "64000", "markPrice": "64010", "indexPrice": "64000",
        "prevPrice24h": "65000", "price24hPcnt": "-0.0154", "highPrice24h": "66000",
        "lowPrice24h": "63000", "turnover24h": "640000000", "volume24h": "10000",
        "openInterest": "50000", "openInterestValue": "3200000000", "fundingRate": "0.0001",
        "fundingIntervalHour": "8", "nextFundingTime": str(NOW + 8 * HOUR), "deliveryTime": "0",
    }]),
    "api.bybit.com/v5/market/account-ratio": account_ratio,
}  # fmt: skip


def liquidations(query: Query) -> Any:
    """As Gate's statistics: sums of an hour under the time it begins, the running one included."""
    start, limit = int(query["from"]) * 1000, int(query["limit"])
    if query["interval"] != "1h" or limit > 100:
        raise Refused(400, '{"label":"INVALID_PARAM_VALUE","message":"limit"}')
    return [
        {"time": t // 1000, "long_liq_usd": str(t // HOUR % 1000), "short_liq_usd": "7",
         "long_liq_size": "1", "short_liq_size": "1", "open_interest": 1_000_000,
         "open_interest_usd": 6.4e6, "lsr_account": "1.1", "mark_price": "64010"}
        for t in steps(start, NOW, HOUR)
    ][:limit]  # fmt: skip


# ------------------------------------------------------------------------------ dated futures


def okx_future(name: str, **more: Any) -> dict[str, Any]:
    return {"instType": "FUTURES", "instId": name, "uly": "BTC-USDT", "baseCcy": "", "ctMult": "1",
            "quoteCcy": "", "settleCcy": "USDT", "ctVal": "0.01", "ctValCcy": "BTC",
            "ctType": "linear", "tickSz": "0.1", "lotSz": "1", "minSz": "1", "state": "live",
            "listTime": "1573557408000", "expTime": str(EXPIRY), "lever": "20",
            "alias": "quarter", "ruleType": "normal", "instCategory": "1", **more}  # fmt: skip


OKX_FUTURES = (
    okx_future("BTC-USDT-260327"),
    okx_future("BTC-USDT-310328", ruleType="xperp", expTime=str(EXPIRY + 1826 * DAY)),
    okx_future("BTC-USD-260327", uly="BTC-USD", settleCcy="BTC", ctType="inverse"),
)


def okx_future_tickers() -> Any:
    return okx([{"instType": "FUTURES", "instId": f["instId"], "last": "64600", "ts": str(NOW),
                 "vol24h": "1", "volCcy24h": "1"} for f in OKX_FUTURES])  # fmt: skip


def okx_future_marks() -> Any:
    return okx([{"instType": "FUTURES", "instId": f["instId"], "markPx": "64610", "ts": str(NOW)}
                for f in OKX_FUTURES])  # fmt: skip


def okx_ratio(query: Query) -> Any:
    """Both bounds exclusive, the latest first, a hundred at most."""
    need(query, instId="BTC-USDT-SWAP", period="1H")
    if int(query["limit"]) > 100:
        raise Refused(400, '{"code":"51000","msg":"Parameter limit error","data":[]}')
    rows = steps(int(query["begin"]) + 1, int(query["end"]) - 1, HOUR)
    return okx([[str(t), str(1 + t // HOUR % 24 / 10)] for t in rows[::-1]][: int(query["limit"])])


RUBIK = "www.okx.com/api/v5/rubik/stat/contracts"
OKX: dict[str, Reply] = {
    f"{RUBIK}/long-short-account-ratio-contract": okx_ratio,
    f"{RUBIK}/long-short-position-ratio-contract-top-trader": okx_ratio,
}


def deribit(result: Any) -> Any:
    return {"jsonrpc": "2.0", "result": result, "usIn": 1, "usOut": 2, "usDiff": 1,
            "testnet": False}  # fmt: skip


def deribit_future(name: str, **more: Any) -> dict[str, Any]:
    return {"instrument_name": name, "kind": "future", "base_currency": "BTC",
            "quote_currency": "USD", "settlement_currency": "BTC", "settlement_period": "month",
            "expiration_timestamp": EXPIRY, "is_active": True, "contract_size": 10,
            "instrument_type": "reversed", **more}  # fmt: skip


def deribit_instruments(query: Query) -> Any:
    need(query, kind="future", expired="false")
    if query["currency"] != "BTC":
        return deribit([])
    return deribit([
        deribit_future("BTC-27MAR26"),
        deribit_future("BTC-PERPETUAL", settlement_period="perpetual",
                       expiration_timestamp=32_503_708_800_000),
        deribit_future("BTC-28FEB26", expiration_timestamp=NOW),
    ])  # fmt: skip


def deribit_summary(query: Query) -> Any:
    need(query, kind="future")
    if query["currency"] != "BTC":
        return deribit([])
    return deribit([
        {"instrument_name": n, "base_currency": "BTC", "quote_currency": "USD", "last": 64_700.0,
         "mark_price": 64_710.5, "mid_price": 64_709.0, "estimated_delivery_price": 64_000.0,
         "open_interest": 250_000_000.0, "volume": 10.0, "volume_usd": 9_000_000.0,
         "high": 66_000.0, "low": 63_000.0, "creation_timestamp": NOW}
        for n in ("BTC-27MAR26", "BTC-PERPETUAL", "BTC-28FEB26", "BTC-UNLISTED")
    ])  # fmt: skip


def dvol(query: Query) -> Any:
    """At most 1,000 candles, the newest of the window; `continuation` names where to go on."""
    need(query, resolution="3600")
    rows = steps(int(query["start_timestamp"]), int(query["end_timestamp"]), HOUR)
    high = 60.0 if query["currency"] == "BTC" else 80.0
    found = [[t, 50.0, high, 45.0, 50 + t // HOUR % 24] for t in rows][-1000:]
    return deribit({"data": found, "continuation": None if len(rows) <= 1000 else found[0][0]})


DERIBIT: dict[str, Reply] = {
    "www.deribit.com/api/v2/public/get_instruments": deribit_instruments,
    "www.deribit.com/api/v2/public/get_book_summary_by_currency": deribit_summary,
    "www.deribit.com/api/v2/public/get_volatility_index_data": dvol,
}


# ------------------------------------------------------------------------------ dollars, totals


def kraken(result: Any) -> Any:
    return {"error": [], "result": result}


def kraken_pair(name: str, base: str, quote: str) -> dict[str, Any]:
    return {"altname": name, "wsname": f"{base}/{quote}", "aclass_base": "currency", "base": base,
            "aclass_quote": "currency", "quote": quote, "lot": "unit", "pair_decimals": 4,
            "cost_decimals": 5, "lot_decimals": 8, "lot_multiplier": 1, "leverage_buy": [],
            "leverage_sell": [], "fees": [[0, 0.4]], "fees_maker": [[0, 0.25]], "ordermin": "1",
            "costmin": "0.5", "tick_size": "0.0001", "status": "online"}  # fmt: skip


KRAKEN_PRICES = {"XXBTZUSD": "64005.1", "USDTZUSD": "0.9987", "USDCUSD": "0.9999"}


def kraken_tickers(query: Query) -> Any:
    """With the day's open, not that of 24 h ago; no stamp."""
    asked = query["pair"].split(",")
    if not set(asked) <= set(KRAKEN_PRICES):
        return {"error": ["EQuery:Unknown asset pair"]}
    return kraken({
        n: {"a": ["1", "1", "1"], "b": ["1", "1", "1"], "c": [KRAKEN_PRICES[n], "1"],
            "v": ["10", "20"], "p": ["1", "1"], "t": [1, 2], "l": ["0.9", "0.9"],
            "h": ["1.1", "1.1"], "o": "0.5"} for n in asked
    })  # fmt: skip


def kraken_candles(query: Query) -> Any:
    """The newest 720 of a size, the running one included, whatever the start."""
    if "until" in query or query["interval"] not in ("1440", "60"):
        return {"error": ["EGeneral:Invalid arguments"]}
    step = int(query["interval"]) * 60_000
    rows = [t for t in steps(NOW - 719 * step, NOW, step) if t >= int(query["since"]) * 1000]
    found = [[t // 1000, "1.0", "1.1", "0.9", KRAKEN_PRICES[query["pair"]], "1.0", "5", 3]
             for t in rows]  # fmt: skip
    return kraken({query["pair"]: found, "last": NOW // 1000})


KRAKEN: dict[str, Reply] = {
    "api.kraken.com/0/public/AssetPairs": lambda q: kraken({
        "XXBTZUSD": kraken_pair("XBTUSD", "XXBT", "ZUSD"),
        "USDTZUSD": kraken_pair("USDTUSD", "USDT", "ZUSD"),
        "USDCUSD": kraken_pair("USDCUSD", "USDC", "ZUSD"),
        "XXBTZEUR": kraken_pair("XBTEUR", "XXBT", "ZEUR"),
    }),
    "api.kraken.com/0/public/Ticker": kraken_tickers,
    "api.kraken.com/0/public/OHLC": kraken_candles,
}  # fmt: skip


def supplies(query: Query) -> Any:
    """A coin's supply by day; the last one is the running day's."""
    need(query, stablecoin="1")
    return [{"date": str(t // 1000), "totalCirculating": {"peggedUSD": 1.5e11 + i},
             "totalCirculatingUSD": {"peggedUSD": 1.49e11}}
            for i, t in enumerate(steps(NOW - 400 * DAY, NOW, DAY))]  # fmt: skip


COINGECKO: dict[str, Reply] = {
    "api.coingecko.com/api/v3/coins/markets": lambda q: [
        {"id": "bitcoin", "symbol": "btc", "name": "Bitcoin", "current_price": 64_000,
         "price_change_percentage_24h": -1.5, "total_volume": 3e10, "market_cap": 1.28e12,
         "last_updated": "2026-02-28T07:59:03.000Z"}
    ],
    "stablecoins.llama.fi/stablecoincharts/all": supplies,
    "api.coingecko.com/api/v3/global": lambda q: {"data": {
        "active_cryptocurrencies": 17_000, "total_market_cap": {"usd": 2.2e12, "btc": 3.4e7},
        "market_cap_percentage": {"btc": 58.1, "eth": 10.2}, "updated_at": NOW // 1000 - 120,
    }},
}  # fmt: skip

MORE: dict[str, Reply] = {**BINANCE, **BYBIT, **OKX, **DERIBIT, **KRAKEN, **COINGECKO}
