"""A small history of two coins on one venue: fixed by its seed, long enough for ranks over 90 days."""

from __future__ import annotations

import numpy as np

from generator.model import DAY, HOUR, History, Series

START = 1_735_689_600_000  # 2025-01-01, 00:00 UTC
DAYS = 200
VENUE = "binanceusdm"


def history(seed: int = 5, days: int = DAYS) -> History:
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 2.0, days)
    made = []
    for symbol, beta, start in (("BTC/USDT:USDT", 1.0, 60_000.0), ("ETH/USDT:USDT", 1.3, 1_900.0)):
        steps = beta * market + rng.normal(0, 1.0, days)
        close = start * np.exp(np.cumsum(steps) / 100)
        open_ = np.append(start, close[:-1])
        high, low = np.maximum(open_, close) * 1.004, np.minimum(open_, close) * 0.996
        volume = np.exp(rng.normal(10, 0.5, days))
        ts = START + DAY * np.arange(days, dtype=np.float64)
        bars = np.column_stack([ts, open_, high, low, close, volume, volume * close])
        made.append(Series(VENUE, symbol, "bars_1d", bars))
        prints = START + 8 * HOUR * np.arange(1, days * 3 + 1, dtype=np.float64)
        rate = np.where(rng.random(days * 3) < 0.4, 1e-4, rng.normal(5e-5, 1e-4, days * 3))
        table = np.column_stack([prints, rate, np.full(days * 3, 8.0)])
        made.append(Series(VENUE, symbol, "funding", table))
    return History({(s.venue, s.symbol, s.kind): s for s in made})


def midnights(first: int, count: int) -> tuple[int, ...]:
    """`count` midnights from the end of day `first` (0: the first) on."""
    return tuple(START + DAY * (first + 1 + k) for k in range(count))
