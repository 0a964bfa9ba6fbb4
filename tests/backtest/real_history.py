"""Real market history as a file for `commentary history import`: what a user would bring.

    python -m tests.backtest.real_history REFERENCE OUT.parquet

Daily bars and settled funding of every Binance perpetual 2020-2026, spot bars of Coinbase and (BTC,
ETH) Binance, open interest of early 2026, Fear & Greed, market values to October 2025. The premium is
mark over spot of the same venue, the nearest to a premium index that these files hold.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd

PERP = "binanceusdm"
OTHER = {"bybit": "bybit", "gate": "gate", "kucoin": "kucoinfutures"}


def table(reference: Path) -> pd.DataFrame:
    """All series of the reference as one long table in the shape of `commentary history export`."""
    market = reference / "market"
    parts = [*_perps(market), *_funding(market), *_spot(market), *_others(market)]
    whole = pd.concat(parts, ignore_index=True)
    whole["endpoint"] = whole["endpoint"].fillna("reference files")
    keys = ["venue", "symbol", "kind", "ts"]
    return whole.drop_duplicates(keys).sort_values(keys, ignore_index=True)


def _ms(stamps: Any) -> Any:
    return pd.to_datetime(stamps, utc=True).astype("datetime64[ms, UTC]").astype("int64")


def _unified(raw: Any) -> Any:
    return raw.astype(str).str.removesuffix("USDT") + "/USDT:USDT"


def _put(frame: pd.DataFrame, venue: Any, symbol: Any, kind: str, ts: Any) -> pd.DataFrame:
    numbers = ["open", "high", "low", "close", "base_volume", "quote_volume", "rate", "interval_h",
               "oi_base", "oi_usd", "premium_bps", "value", "endpoint"]  # fmt: skip
    kept = frame[[c for c in numbers if c in frame]].copy()
    return kept.assign(venue=venue, symbol=symbol, kind=kind, ts=ts)


def _perps(market: Path) -> list[pd.DataFrame]:
    days = pd.read_parquet(market / "binance_usdm_perp_1d.parquet")
    out = [_put(days, PERP, _unified(days["symbol"]), "bars_1d", _ms(days["date"]))]
    multiplier = days.drop_duplicates("symbol").set_index("symbol")["multiplier"]
    for name in ("binance_usdm_oi_1d_2026", "binance_usdm_oi_4h_2026"):
        oi = pd.read_parquet(market / f"{name}.parquet")
        coins = oi["symbol"].astype(str).map(multiplier.rename(index=str)).fillna(1.0)
        oi = oi.assign(oi_base=oi["oi_base"] * coins)
        out.append(_put(oi, PERP, _unified(oi["symbol"]), "oi", _ms(oi["ts"])))
    hours = pd.read_parquet(market / "xvenue_1h_candles.parquet")
    hours = hours[(hours["venue"] == "binance") & hours["base"].isin(["BTC", "ETH", "SOL"])]
    hours = hours[hours["ts"] < "2026-03-05 10:00"]  # fetched before they had ended
    out.append(_put(hours, PERP, hours["base"] + "/USDT:USDT", "bars_1h", _ms(hours["ts"])))
    marks = pd.read_parquet(market / "binance_perp_mark_spot_1h_2025_26.parquet")
    marks = marks.dropna(subset=["mark_close", "spot_close"])
    marks = marks.assign(
        premium_bps=(marks["mark_close"] / marks["spot_close"] - 1) * 1e4,
        endpoint="mark over spot, not the premium index",
    )
    out.append(_put(marks, PERP, _unified(marks["symbol"]), "premium_1h", _ms(marks["ts"])))
    return out


def _funding(market: Path) -> list[pd.DataFrame]:
    prints = pd.read_parquet(market / "binance_usdm_funding.parquet").sort_values(["symbol", "ts"])
    # The first print after a gap shows its interval only by the print that follows.
    hours = prints["hours_since_prev"]
    later = prints.groupby("symbol", observed=True)["hours_since_prev"].shift(-1)
    prints = prints.assign(rate=prints["funding_rate"], interval_h=hours.fillna(later).round())
    out = [_put(prints, PERP, _unified(prints["symbol"]), "funding", _ms(prints["ts"]))]
    early = pd.read_parquet(market / "funding_btc_eth_7venues_2020_23.parquet")
    early = early[early["venue"].isin(list(OTHER))].assign(interval_h=8.0)
    early = early.assign(rate=early["funding_rate"])
    symbol = early["symbol"].astype(str).str.replace("-", "/") + ":USDT"
    out.append(_put(early, early["venue"].map(OTHER), symbol, "funding", _ms(early["ts"])))
    late = pd.read_parquet(market / "funding_multivenue_2025_26.parquet")
    late = late[(late["venue"] == "bybit") & late["canonical_symbol"].str.contains("-USDT-")]
    late = late.assign(rate=late["funding_rate"], interval_h=late["interval_hours"])
    symbol = late["canonical_symbol"].str.split("-").str[0] + "/USDT:USDT"
    out.append(_put(late, "bybit", symbol, "funding", _ms(late["ts"])))
    return out


def _spot(market: Path) -> list[pd.DataFrame]:
    coinbase = pd.read_parquet(market / "coinbase_spot_1d.parquet")
    coinbase = coinbase.assign(quote_volume=coinbase["quote_volume_usd"])
    ts = _ms(coinbase["date"])
    out = [_put(coinbase, "coinbase", coinbase["symbol"], "bars_1d", ts)]
    for base in ("BTC", "ETH"):
        days = pd.read_csv(market / "source_day" / f"binance_spot_{base}_1d.csv")
        days = days[days["open_time"] < _cut()].assign(base_volume=days["volume"])
        out.append(_put(days, "binance", f"{base}/USDT", "bars_1d", days["open_time"]))
    return out


def _cut() -> int:
    return int(pd.Timestamp("2026-03-05", tz="UTC").timestamp() * 1000) + 1


def _others(market: Path) -> list[pd.DataFrame]:
    fear = pd.read_csv(market / "fear_greed_1d.csv")
    fear = fear.assign(value=fear["fear_greed"].astype(float))
    out = [_put(fear, "alternative.me", "FNG", "index", _ms(fear["date"]))]
    caps = pd.read_parquet(market / "market_cap_1d_computed.parquet")
    caps = caps[caps["market_cap"] > 0].assign(value=caps["market_cap"])
    day = 86_400_000  # a value is of the close of its date, and known from then
    symbol = caps["base"].astype(str) + "#market_cap"
    out.append(_put(caps, "coingecko", symbol, "index", _ms(caps["date"]) + day))
    return out


if __name__ == "__main__":
    made = table(Path(sys.argv[1]))
    made.to_parquet(sys.argv[2], index=False)
    print(made.groupby("kind").size().to_string())
