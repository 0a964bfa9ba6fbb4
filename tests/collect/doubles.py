"""A loopback server that speaks venues' documented wire formats, strictly.

A path that is not in the table is 404 and recorded; a missing parameter is 400. Every number is
made up here, with one trap per format: contracts for coins, an old schedule date, a flat coin.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

NOW = 1_772_265_600_000  # 2026-02-28 08:00:00 UTC
HOUR, DAY = 3_600_000, 86_400_000
NEXT = NOW + 8 * HOUR

Query = Mapping[str, str]
Reply = Callable[[Query], Any]


class Refused(Exception):
    """The double's own error answer: status and body."""

    def __init__(self, status: int, body: str = '{"error":"refused"}') -> None:
        self.status, self.body = status, body


def need(query: Query, **wanted: str) -> None:
    for name, value in wanted.items():
        if query.get(name) != value:
            raise Refused(400, json.dumps({"error": f"{name} must be {value}"}))


@dataclass
class Double:
    """Routes by `host/path`; `log` keeps what was asked; `faults` overrides a route."""

    routes: dict[str, Reply]
    log: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    faults: dict[str, Reply] = field(default_factory=dict)
    prefix: str = ""
    headers: dict[str, str] = field(default_factory=dict)  # more of them, of the answers at:
    headers_of: str = ""

    def answer(self, url: str, body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(url)
        place = f"{parts.hostname}{parts.path}"
        self.log.append(place)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if body:
            query["body"] = body.decode()
        reply = self.faults.get(place) or self.faults.get(parts.hostname or "")
        reply = reply or self.routes.get(place)
        if reply is None:
            self.unknown.append(place)
            return 404, b'{"error":"unknown path"}'
        try:
            data = reply(query)
        except Refused as refused:
            return refused.status, refused.body.encode()
        return 200, data if isinstance(data, bytes) else json.dumps(data).encode()

    def asked(self, place: str) -> int:
        return sum(x.startswith(place) for x in self.log)


def start(double: Double) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # headers and body in two writes would wait 40 ms

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            status, body = double.answer(self.path[1:], self.rfile.read(length))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if double.headers_of and double.headers_of in self.path:
                for name, value in double.headers.items():
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None: ...

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that leaves mid-answer is what a deadline looks like from here."""

    server = Quiet(("127.0.0.1", 0), Handler)
    double.prefix = f"http://127.0.0.1:{server.server_address[1]}/"
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    ).start()
    return server


def hang(_: Query) -> Any:
    time.sleep(3)
    return {}


def bars(query: Query, begin: str, end: str, step: int, unit: int = 1) -> list[int]:
    """Opens of the bars in a request's window, the one in progress at NOW included."""
    first, last = int(query[begin]) * unit, min(int(query[end]) * unit, NOW)
    return list(range(-(-first // step) * step, last + 1, step))


# ------------------------------------------------------------------------------ Gate


def gate_contract(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name, "type": "direct", "quanto_multiplier": "0.0001", "mark_type": "index",
        "last_price": "64000", "mark_price": "64010", "index_price": "64000",
        "funding_rate": "0.00005", "funding_rate_indicative": "0.0001", "funding_interval": 14400,
        "funding_next_apply": NEXT // 1000 - 4 * 3600, "in_delisting": False, "status": "trading",
        "position_size": 2_000_000, "order_size_min": 1, "order_size_max": 1_000_000,
        "order_price_round": "0.1", "order_price_deviate": "0.5", "maintenance_rate": "0.005",
        "maker_fee_rate": "0.0002", "taker_fee_rate": "0.0005", "leverage_min": "1",
        "leverage_max": "100", "create_time": 1_546_905_600, **more,
    }  # fmt: skip


def gate_ticker(contract: str, **more: Any) -> dict[str, Any]:
    return {
        "contract": contract, "last": "64000", "low_24h": "63000", "high_24h": "66000",
        "change_percentage": "-2.5", "total_size": "2000000", "volume_24h": "100000000",
        "volume_24h_base": "10000", "volume_24h_quote": "640000000", "volume_24h_settle": "10000",
        "mark_price": "64010", "index_price": "64000", "funding_rate": "0.00005",
        "funding_rate_indicative": "0.0001", "quanto_multiplier": "0.0001", **more,
    }  # fmt: skip


def gate_candles(query: Query) -> Any:
    step = DAY if query["interval"] == "1d" else HOUR
    price = {"mark_": "64064", "index": "64000"}.get(query["contract"][:5], "64000")
    return [
        {
            "t": t // 1000,
            "o": price,
            "h": price,
            "l": price,
            "c": price,
            "v": 500_000,
            "sum": "32000",
        }
        for t in bars(query, "from", "to", step, 1000)
    ]


def gate_stats(query: Query) -> Any:
    start, step = int(query["from"]) * 1000, 4 * HOUR
    first = -(-start // step) * step
    stamps = list(range(first, NOW + 1, step))[: int(query["limit"])]
    return [
        {"time": t // 1000, "open_interest": 1_000_000, "open_interest_usd": 6.4e6} for t in stamps
    ]


FUTURES = "api.gateio.ws/api/v4/futures"
GATE: dict[str, Reply] = {
    f"{FUTURES}/usdt/contracts": lambda q: [
        gate_contract("BTC_USDT"), gate_contract("FLAT_USDT", position_size=0, mark_price="1",
                                                 index_price="1", last_price="1"),
        gate_contract("GONE_USDT", status="delisted"),
    ],
    f"{FUTURES}/btc/contracts": lambda q: [],
    f"{FUTURES}/usdt/tickers": lambda q: [
        gate_ticker("BTC_USDT"), gate_ticker("FLAT_USDT", last="1", change_percentage="0"),
        gate_ticker("GONE_USDT"), gate_ticker("UNLISTED_USDT"),
    ],
    f"{FUTURES}/usdt/candlesticks": gate_candles,
    f"{FUTURES}/usdt/contract_stats": gate_stats,
    f"{FUTURES}/usdt/funding_rate": lambda q: [
        {"t": t // 1000, "r": "0.0001"} for t in bars(q, "from", "to", 4 * HOUR, 1000)
    ][: int(q["limit"])],
}  # fmt: skip


# ------------------------------------------------------------------------------ KuCoin


def kucoin_contract(symbol: str, base: str, **more: Any) -> dict[str, Any]:
    return {
        "symbol": symbol, "rootSymbol": "USDT", "type": "FFWCSX", "baseCurrency": base,
        "quoteCurrency": "USDT", "settleCurrency": "USDT", "maxOrderQty": 1_000_000,
        "maxPrice": 1_000_000.0, "lotSize": 1, "tickSize": 0.1, "multiplier": 0.001,
        "makerFeeRate": 0.0002, "takerFeeRate": 0.0006, "isInverse": False, "isQuanto": True,
        "status": "Open", "fundingFeeRate": 0.0, "predictedFundingFeeRate": 0.0003,
        "fundingRateGranularity": 28_800_000, "openInterest": "8000000",
        "turnoverOf24h": 640_000_000.0, "volumeOf24h": 10_000.0, "markPrice": 64_010.0,
        "indexPrice": 64_000.0, "lastTradePrice": 64_000.0, "nextFundingRateTime": 20_022_985,
        "nextFundingRateDateTime": NEXT, "lowPrice": 63_000.0, "highPrice": 66_000.0,
        "priceChgPct": -0.0154, "priceChg": -1_000.0, "firstOpenDate": 1_585_555_200_000,
        "expireDate": None, "settleDate": None, "maxLeverage": 125, **more,
    }  # fmt: skip


def kucoin(data: Any) -> Any:
    return {"code": "200000", "data": data}


def kucoin_lines(query: Query) -> Any:
    step = int(query["granularity"]) * 60_000
    return kucoin([[t, 64_000, 64_500, 63_500, 64_100, 7_000, 448_000.0]
                   for t in bars(query, "from", "to", step)][:200])  # fmt: skip


def kucoin_premium(query: Query) -> Any:
    need(query, symbol="XBTUSDTM-premium-index", tradeType="FUTURES")
    rows = [[str(t // 1000), "0.0001", "-0.0004", "0.0002", "-0.0005", "0", "0"]
            for t in bars(query, "startAt", "endAt", HOUR, 1000)]  # fmt: skip
    return kucoin({"list": rows})


KUCOIN: dict[str, Reply] = {
    "api-futures.kucoin.com/api/v1/contracts/active": lambda q: kucoin(
        [kucoin_contract("XBTUSDTM", "XBT"),
         kucoin_contract("1000BONKUSDTM", "1000BONK", multiplier=10, lastTradePrice=0.02)]
    ),
    "api-futures.kucoin.com/api/v1/kline/query": kucoin_lines,
    "api-futures.kucoin.com/api/v1/contract/funding-rates": lambda q: kucoin(
        [{"symbol": q["symbol"], "fundingRate": 0.0001, "timepoint": t}
         for t in bars(q, "from", "to", 8 * HOUR)][-100:]
    ),
    "api.kucoin.com/api/ua/v1/market/kline": kucoin_premium,
}  # fmt: skip


# ------------------------------------------------------------------------------ Bitget


def bitget(data: Any) -> Any:
    return {"code": "00000", "msg": "success", "requestTime": NOW, "data": data}


BITGET_CONTRACT = {
    "symbol": "BTCUSDT", "baseCoin": "BTC", "quoteCoin": "USDT", "supportMarginCoins": ["USDT"],
    "minTradeNum": "0.0001", "priceEndStep": "1", "volumePlace": "4", "pricePlace": "1",
    "sizeMultiplier": "0.0001", "symbolType": "perpetual", "symbolStatus": "normal",
    "takerFeeRate": "0.0006", "makerFeeRate": "0.0002", "fundInterval": "8", "minLever": "1",
    "maxLever": "125", "launchTime": "", "deliveryTime": "",
}  # fmt: skip


def bitget_ticker(query: Query) -> Any:
    need(query, productType="USDT-FUTURES")
    return bitget([{
        "symbol": "BTCUSDT", "lastPr": "64000", "askPr": "64001", "bidPr": "63999",
        "high24h": "66000", "low24h": "63000", "ts": str(NOW), "change24h": "-0.015",
        "baseVolume": "10000", "quoteVolume": "640000000", "usdtVolume": "640000000",
        "openUtc": "65900", "changeUtc24h": "-0.029", "indexPrice": "64000",
        "fundingRate": "-0.000014", "holdingAmount": "7452.5", "open24h": "65000",
        "markPrice": "63990", "deliveryStatus": "",
    }])  # fmt: skip


def bitget_rates(query: Query) -> Any:
    need(query, productType="USDT-FUTURES")
    return bitget([{
        "symbol": "BTCUSDT", "fundingRate": "-0.000014", "fundingRateInterval": "4",
        "nextUpdate": str(NOW + 4 * HOUR), "minFundingRate": "-0.003", "maxFundingRate": "0.003",
    }])  # fmt: skip


MIX = "api.bitget.com/api/v2/mix/market"
BITGET: dict[str, Reply] = {
    f"{MIX}/contracts": lambda q: bitget(
        [BITGET_CONTRACT] if q["productType"] == "USDT-FUTURES" else []
    ),
    f"{MIX}/tickers": bitget_ticker,
    f"{MIX}/current-fund-rate": bitget_rates,
}


# ------------------------------------------------------------------------------ OKX


def okx(data: Any) -> Any:
    return {"code": "0", "msg": "", "data": data}


def okx_instruments(query: Query) -> Any:
    if query["instType"] not in ("SPOT", "SWAP"):
        return okx([])
    if query["instType"] == "SPOT":
        return okx([{"instType": "SPOT", "instId": "BTC-USDT", "baseCcy": "BTC", "state": "live",
                     "quoteCcy": "USDT", "settleCcy": "", "ctVal": "", "tickSz": "0.1", "uly": "",
                     "lotSz": "0.0001", "minSz": "0.0001", "lever": "10", "instCategory": "1",
                     "listTime": "1548133413000", "expTime": "", "ctType": "", "alias": ""}])  # fmt: skip
    row = {"instType": "SWAP", "baseCcy": "", "quoteCcy": "", "settleCcy": "USDT", "ctVal": "0.01",
           "ctMult": "1", "ctType": "linear", "tickSz": "0.1", "lotSz": "0.01", "minSz": "0.01",
           "state": "live", "listTime": "1573557408000", "expTime": "", "lever": "100",
           "alias": "", "ruleType": "normal", "instCategory": "1"}  # fmt: skip
    return okx([
        {**row, "instId": "BTC-USDT-SWAP", "uly": "BTC-USDT", "ctValCcy": "BTC"},
        {**row, "instId": "ACME-USDT-SWAP", "uly": "ACME-USDT", "ctValCcy": "ACME",
         "instCategory": "3"},
    ])  # fmt: skip


def okx_tickers(query: Query) -> Any:
    common = {"lastSz": "", "askPx": "", "askSz": "", "bidPx": "", "bidSz": "", "ts": str(NOW),
              "open24h": "65000", "high24h": "66000", "low24h": "63000", "sodUtc0": "64900",
              "sodUtc8": "64800"}  # fmt: skip
    if query["instType"] == "SPOT":
        return okx([{**common, "instType": "SPOT", "instId": "BTC-USDT", "last": "64020",
                     "vol24h": "5000", "volCcy24h": "320000000"}])  # fmt: skip
    need(query, instType="SWAP")
    return okx([{**common, "instType": "SWAP", "instId": i, "last": "64000", "vol24h": "1200000",
                 "volCcy24h": "12000"} for i in ("BTC-USDT-SWAP", "ACME-USDT-SWAP")])  # fmt: skip


OKX: dict[str, Reply] = {
    "www.okx.com/api/v5/public/instruments": okx_instruments,
    "www.okx.com/api/v5/market/tickers": okx_tickers,
    "www.okx.com/api/v5/public/mark-price": lambda q: okx(
        [{"instType": q["instType"], "instId": "BTC-USDT-SWAP", "markPx": "64010", "ts": str(NOW)}]
    ),
    "www.okx.com/api/v5/market/index-tickers": lambda q: okx(
        [{"instId": "BTC-USDT", "idxPx": "64000", "ts": str(NOW - 61_000)}]
    ),
    "www.okx.com/api/v5/public/funding-rate": lambda q: okx(
        [{"instType": "SWAP", "instId": "BTC-USDT-SWAP", "fundingRate": "0.0000125",
          "fundingTime": str(NEXT), "nextFundingRate": "", "nextFundingTime": str(NEXT + 8 * HOUR),
          "maxFundingRate": "0.00375", "minFundingRate": "-0.00375", "method": "current_period",
          "settState": "processing", "ts": str(NOW)}]
    ),
    "www.okx.com/api/v5/public/open-interest": lambda q: okx(
        [{"instType": "SWAP", "instId": "BTC-USDT-SWAP", "oi": "2500000", "oiCcy": "25000",
          "oiUsd": "1600000000", "ts": str(NOW)}]
    ),
}  # fmt: skip


# ------------------------------------------------------------------------------ Binance USDT-M


def binance_symbol(symbol: str, base: str, **more: Any) -> dict[str, Any]:
    return {
        "symbol": symbol, "pair": symbol, "contractType": "PERPETUAL", "status": "TRADING",
        "deliveryDate": 4_133_404_800_000, "onboardDate": 1_569_398_400_000, "baseAsset": base,
        "quoteAsset": "USDT", "marginAsset": "USDT", "underlyingType": "COIN", "filters": [],
        "pricePrecision": 2, "quantityPrecision": 3, **more,
    }  # fmt: skip


def binance_ticker(symbol: str, last: str, opened: str, **more: Any) -> dict[str, Any]:
    return {"symbol": symbol, "lastPrice": last, "openPrice": opened, "highPrice": last,
            "lowPrice": opened, "volume": "1000", "quoteVolume": "64000000", "closeTime": NOW,
            "priceChangePercent": "0", "priceChange": "0", **more}  # fmt: skip


def binance_index(symbol: str, mark: str, index: str, rate: str, **more: Any) -> dict[str, Any]:
    return {"symbol": symbol, "markPrice": mark, "indexPrice": index, "lastFundingRate": rate,
            "estimatedSettlePrice": index, "interestRate": "0.00010000", "nextFundingTime": NEXT,
            "time": NOW, **more}  # fmt: skip


FAPI = "fapi.binance.com/fapi/v1"
BINANCE: dict[str, Reply] = {
    f"{FAPI}/exchangeInfo": lambda q: {"symbols": [
        binance_symbol("BTCUSDT", "BTC"), binance_symbol("1000PEPEUSDT", "1000PEPE"),
        binance_symbol("ZEROUSDT", "ZERO"), binance_symbol("AAPLUSDT", "AAPL"),
        binance_symbol("BTCUSDT_260327", "BTC", contractType="CURRENT_QUARTER", pair="BTCUSDT",
                       deliveryDate=1_774_598_400_000),
    ]},
    f"{FAPI}/ticker/24hr": lambda q: [
        binance_ticker("BTCUSDT", "64000", "64000"),
        binance_ticker("1000PEPEUSDT", "0.0035", "0.0040"),
        binance_ticker("ZEROUSDT", "0", "0"), binance_ticker("AAPLUSDT", "230", "229"),
        binance_ticker("BTCUSDT_260327", "64500", "64000"),
        binance_ticker("0GUSDT", "1.5", "1.4"),
    ],
    f"{FAPI}/premiumIndex": lambda q: [
        binance_index("BTCUSDT", "64010", "64000", "0.00000000"),
        binance_index("1000PEPEUSDT", "0.0035", "0.0035", "-0.0002"),
        binance_index("ZEROUSDT", "0.00000000", "NaN", "", nextFundingTime=0),
        binance_index("BTCUSDT_260327", "64500", "64000", "", nextFundingTime=0),
    ],
    f"{FAPI}/fundingInfo": lambda q: [
        {"symbol": "1000PEPEUSDT", "adjustedFundingRateCap": "0.02",
         "adjustedFundingRateFloor": "-0.02", "fundingIntervalHours": 4, "disclaimer": False},
    ],
    f"{FAPI}/openInterest": lambda q: {
        "symbol": q["symbol"], "openInterest": "0" if q["symbol"] == "ZEROUSDT" else "5000",
        "time": NOW,
    },
}  # fmt: skip


# ------------------------------------------------------------------------------ side sources

SIDE: dict[str, Reply] = {
    "api.coinpaprika.com/v1/tickers": lambda q: [
        {"id": "btc-bitcoin", "name": "Bitcoin", "symbol": "BTC", "rank": 1,
         "last_updated": "2026-02-28T07:59:03Z",
         "quotes": {"USD": {"price": 64_000.5, "volume_24h": 3.2e10, "market_cap": 1.28e12,
                            "percent_change_24h": 0}}},
        {"id": "dead-coin", "name": "Dead", "symbol": "DEAD", "rank": 0,
         "last_updated": "1970-01-01T00:00:00Z",
         "quotes": {"USD": {"price": 0, "volume_24h": None, "market_cap": 0,
                            "percent_change_24h": None}}},
    ],
    "stablecoins.llama.fi/stablecoins": lambda q: {"peggedAssets": [
        {"id": "1", "name": "Tether", "symbol": "USDT", "pegType": "peggedUSD", "price": 0.9991,
         "circulating": {"peggedUSD": 1.84e11}, "circulatingPrevDay": {"peggedUSD": 1.84e11},
         "circulatingPrevWeek": {"peggedUSD": 1.83e11}},
        {"id": "99", "name": "Other", "symbol": "USDT", "pegType": "peggedUSD", "price": None,
         "circulating": {"peggedUSD": 5.0e6}},
        {"id": "50", "name": "Euro", "symbol": "EURC", "pegType": "peggedEUR", "price": 1.1,
         "circulating": {"peggedEUR": 3.0e8}},
    ]},
    "api.alternative.me/fng/": lambda q: {
        "name": "Fear and Greed Index",
        "data": [{"value": str(v), "value_classification": "Extreme Fear",
                  "timestamp": str((NOW // DAY - i) * DAY // 1000)}
                 for i, v in enumerate((11, 13, 9))][: int(q["limit"]) or 3],
        "metadata": {"error": None},
    },
}  # fmt: skip

ALL: dict[str, Reply] = {**GATE, **KUCOIN, **BITGET, **OKX, **BINANCE, **SIDE}
