"""The main numbers of a note worked out again from the recorded frames, in plain pandas.

Nothing of the program is used here: where both agree, both would have to be wrong alike.
`expected` knows a number by metric, venue and instrument; None says that no frame speaks of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

HOUR, DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)
LIQUID = 5_000_000  # USD of turnover in 24 h: the filter that the notes print
TURNOVER_FROM = pd.Timestamp("2026-01-07", tz="UTC")  # 4 h bars cover 24 h from here on


class Reckoner:
    """Recomputes numbers as of one moment from the frames in `market`."""

    def __init__(self, market: Path, moment: str) -> None:
        self.market, self.now = market, pd.Timestamp(moment)

    def expected(self, metric: str, venue: str, symbol: str) -> float | None:
        """The number behind (metric, venue, instrument); None where nothing was recorded."""
        family = _FAMILIES.get(metric)
        return None if family is None else family(self, venue, symbol)

    # ------------------------------------------------------------ prices

    def bars(self, venue: str, symbol: str) -> Any:
        """Hourly bars that had ended: open, high, low, close (NaN where not recorded)."""
        base = symbol.partition("/")[0]
        if venue == "okx":
            bars = _okx(self.market, base)
        elif venue == "bybit":
            bars = _across_venues(self.market, venue, base)
        elif venue in ("binance", "binanceusdm"):
            bars = _binance(self.market, f"{base}USDT", "spot" if venue == "binance" else "perp")
        else:
            bars = None
        return None if bars is None else bars[bars.index + HOUR <= self.now]

    def day(self, venue: str, symbol: str) -> Any:
        """Completed Binance spot days; None for another market or in the middle of a day."""
        if venue != "binance" or self.now.hour:
            return None
        days = _spot_days(self.market, symbol.partition("/")[0])
        return None if days is None else days[days.index + DAY <= self.now]

    def price(self, venue: str, symbol: str) -> float | None:
        days = self.day(venue, symbol)
        if days is not None:
            return float(days.close.iloc[-1])
        bars = self.bars(venue, symbol)
        return None if bars is None or bars.empty else float(bars.close.iloc[-1])

    def change(self, venue: str, symbol: str) -> float | None:
        days = self.day(venue, symbol)
        if days is not None:
            return float((days.close.iloc[-1] / days.open.iloc[-1] - 1) * 100)
        if venue == "binanceusdm":
            return self._perp(symbol, "change")
        bars = self.bars(venue, symbol)
        if bars is None:
            return None
        before = bars.close.get(bars.index[-1] - DAY)
        return None if before is None else float((bars.close.iloc[-1] / before - 1) * 100)

    def _perp(self, symbol: str, column: str) -> float | None:
        table = perps(self.market, self.now)
        raw = symbol.partition("/")[0] + "USDT"
        return float(table.loc[raw, column]) if raw in table.index else None

    def extreme(self, venue: str, symbol: str, side: str) -> float | None:
        days = self.day(venue, symbol)
        if days is not None:
            return float(days[side].iloc[-1])
        bars = self.bars(venue, symbol)
        if bars is None or side not in bars:
            return None
        window = bars[bars.index >= self.now - DAY][side]
        return float(window.min() if side == "low" else window.max())

    def last_seen(self, venue: str, symbol: str, side: str) -> float | None:
        """The day (ms) whose low or high last reached the newest day's; None without one."""
        days = self.day(venue, symbol)
        if days is None:
            return None
        past, newest = days[side].iloc[:-1], days[side].iloc[-1]
        hit = past[past <= newest] if side == "low" else past[past >= newest]
        return None if hit.empty else hit.index[-1].timestamp() * 1000

    def last_move(self, venue: str, symbol: str) -> float | None:
        """The day (ms) that last moved as far as the newest one, in the same direction."""
        days = self.day(venue, symbol)
        if days is None:
            return None
        moves = days.close.pct_change()
        past, newest = moves.iloc[:-1], moves.iloc[-1]
        hit = past[past <= newest] if newest < 0 else past[past >= newest]
        return None if hit.empty else hit.index[-1].timestamp() * 1000

    def worst_hour(self, venue: str, symbol: str) -> float | None:
        bars = self.bars(venue, symbol)
        if bars is None:
            return None
        begin = bars.open if "open" in bars else bars.close.shift()
        moves = (bars.close / begin - 1)[bars.index >= self.now - DAY] * 100
        return float(moves[moves.abs().idxmax()])

    def turnover(self, venue: str, symbol: str) -> float | None:
        days = self.day(venue, symbol)
        if days is not None:
            return float(days.quote_volume.iloc[-1])
        bars = self.bars(venue, symbol)
        if venue != "binance" or bars is None:
            return None
        return float((bars.volume * bars.close)[bars.index >= self.now - DAY].sum())

    def multiple(self, venue: str, symbol: str) -> float | None:
        """Turnover over the median of the last 30 days of the same class, weekday or weekend."""
        now, days = self.turnover(venue, symbol), _spot_days(self.market, symbol.partition("/")[0])
        if now is None or days is None:
            return None
        weekend = (self.now - DAY / 2).day_of_week >= 5
        past = days[days.index + DAY <= self.now - DAY + HOUR]
        same = past[(past.index.day_of_week >= 5) == weekend].quote_volume.tail(30)
        return now / float(same.median()) if len(same) == 30 else None

    # ------------------------------------------------------------ derivatives

    def settled(self, venue: str, symbol: str) -> float | None:
        """The newest settled rate, in percent; the contracts asked for settle every 8 h."""
        rates = _funding(self.market, venue, symbol.partition("/")[0])
        if rates is None:
            return None
        known = rates[rates.index <= self.now]
        return None if known.empty else float(known.iloc[-1] * 100)

    def mean_rate(self, venue: str, symbol: str) -> float | None:
        rates = _funding(self.market, venue, symbol.partition("/")[0])
        if rates is None:
            return None
        known = rates[(rates.index <= self.now) & (rates.index > self.now - DAY)]
        return float(known.mean() * 100) if len(known) == 3 else None

    def interest(self, venue: str, symbol: str, back: Any = DAY * 0) -> float | None:
        """Open interest in coins, as sampled at the moment itself."""
        if venue != "binanceusdm":
            return None
        samples = _open_interest(self.market, symbol.partition("/")[0] + "USDT")
        value = samples.get(self.now - back)
        return None if value is None else float(value)

    def interest_change(self, venue: str, symbol: str) -> float | None:
        now, then = self.interest(venue, symbol), self.interest(venue, symbol, DAY)
        return None if now is None or then is None else (now / then - 1) * 100

    # ------------------------------------------------------------ the whole list

    def breadth(self, statistic: str) -> float | None:
        table = perps(self.market, self.now)
        coins = table.drop(index="BTCDOMUSDT", errors="ignore")  # a contract on an index
        moves = coins[coins.turnover >= LIQUID].change
        if moves.empty:
            return None
        made = {
            "count": len(moves),
            "up": int((moves > 0).sum()),
            "down": int((moves < 0).sum()),
            "median": float(moves.median()),
        }
        return float(made[statistic])

    def movers(self, rising: bool, most: int = 3) -> list[str]:
        """Raw symbols of the largest gains or falls: liquid, 30 days on record, neither
        a major nor the contract on an index."""
        table = perps(self.market, self.now)
        able = table[(table.turnover >= LIQUID) & (table.age >= 30)]
        able = able.drop(index=["BTCUSDT", "ETHUSDT", "BTCDOMUSDT"], errors="ignore")
        return list(able.change.sort_values(ascending=not rising).head(most).index)


_FAMILIES: dict[str, Callable[[Reckoner, str, str], float | None]] = {
    "price": Reckoner.price,
    "return_24h": Reckoner.change,
    "low_price_24h": lambda r, v, s: r.extreme(v, s, "low"),
    "high_price_24h": lambda r, v, s: r.extreme(v, s, "high"),
    "low_last_seen": lambda r, v, s: r.last_seen(v, s, "low"),
    "high_last_seen": lambda r, v, s: r.last_seen(v, s, "high"),
    "return_last_seen": Reckoner.last_move,
    "worst_hour_return": Reckoner.worst_hour,
    "spot_volume_24h": Reckoner.turnover,
    "spot_volume_multiple": Reckoner.multiple,
    "funding_settled": Reckoner.settled,
    "funding_mean_24h": Reckoner.mean_rate,
    "oi_coins": Reckoner.interest,
    "oi_change_24h": Reckoner.interest_change,
    "universe_count": lambda r, v, s: r.breadth("count"),
    "advancers": lambda r, v, s: r.breadth("up"),
    "decliners": lambda r, v, s: r.breadth("down"),
    "median_return_24h": lambda r, v, s: r.breadth("median"),
}


# ---------------------------------------------------------------- the frames


def _timed(frame: Any, column: str, unit: str | None = None) -> Any:
    stamps = pd.to_datetime(frame[column], utc=True, unit=unit)
    return frame.assign(at=stamps).set_index("at").sort_index()


@cache
def _read(path: Path) -> Any:
    return pd.read_parquet(path)


@cache
def _across_venues(market: Path, venue: str, base: str) -> Any:
    frame = _read(market / "xvenue_1h_candles.parquet")
    mine = frame[(frame.venue == venue) & (frame.base == base)]
    return None if mine.empty else _timed(mine, "ts").rename(columns={"base_volume": "volume"})


@cache
def _okx(market: Path, base: str) -> Any:
    path = market / "source_day" / f"okx_{base}_1h.csv"
    if not path.is_file():
        return _across_venues(market, "okx", base)
    return _timed(pd.read_csv(path), "ts", "ms")


@cache
def _binance(market: Path, raw: str, kind: str) -> Any:
    frame = _read(market / "binance_perp_mark_spot_1h_2025_26.parquet")
    mine = frame[frame.symbol == raw]
    if mine.empty:
        return None
    columns = {f"{kind}_close": "close", f"{kind}_base_volume": "volume"}
    return _timed(mine, "ts").rename(columns=columns)[["close", "volume"]].dropna()


@cache
def _spot_days(market: Path, base: str) -> Any:
    path = market / "source_day" / f"binance_spot_{base}_1d.csv"
    return _timed(pd.read_csv(path), "open_time", "ms") if path.is_file() else None


@cache
def _funding(market: Path, venue: str, base: str) -> Any:
    if venue == "okx":
        path = market / "source_day" / f"okx_{base}_funding.csv"
        return _timed(pd.read_csv(path), "ts", "ms").rate if path.is_file() else None
    if venue != "binanceusdm":
        return None
    frame = _read(market / "binance_usdm_funding.parquet")
    mine = frame[frame.symbol == f"{base}USDT"]
    return None if mine.empty else _timed(mine, "ts").funding_rate


@cache
def _open_interest(market: Path, raw: str) -> Any:
    frame = _read(market / "binance_usdm_oi_4h_2026.parquet")
    return _timed(frame[frame.symbol == raw], "ts").oi_base


@cache
def perps(market: Path, now: Any) -> Any:
    """Binance perps by raw symbol: change in 24 h (%), turnover (USD), age in days."""
    days = _read(market / "binance_usdm_perp_1d.parquet")
    days = days.assign(date=pd.to_datetime(days.date, utc=True))
    if now >= TURNOVER_FROM:
        bars = _timed(_read(market / "binance_usdm_perp_4h_2026q1.parquet"), "ts")
        window = bars[(bars.index >= now - DAY) & (bars.index + 4 * HOUR <= now)]
        grouped = window.groupby("symbol")
        whole = grouped.size() == 6
        made = pd.DataFrame(
            {
                "change": (grouped.close.last() / grouped.open.first() - 1) * 100,
                "turnover": grouped.quote_volume.sum(),
            }
        )[whole]
    else:
        today = days[days.date == now - DAY].set_index("symbol")
        made = pd.DataFrame(
            {"change": (today.close / today.open - 1) * 100, "turnover": today.quote_volume}
        )
    first = days.groupby("symbol").date.min().reindex(made.index)
    return made.assign(age=(now - first).dt.days)
