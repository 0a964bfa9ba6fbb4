"""Small values of the model for the tests of the ground."""

from __future__ import annotations

import numpy as np

from generator.model import COLUMNS, HOUR, Headline, Instrument, Series, Snapshot, Source, Status
from tests.conftest import NOW


def instrument(base: str, multiplier: float = 1.0) -> Instrument:
    prefix = f"{multiplier:g}" if multiplier != 1 else ""
    symbol = f"{prefix}{base}/USDT:USDT"
    labels = (("pct_window", "rolling24h"),)
    return Instrument("okx", symbol, symbol, "perp_linear", base, "USDT", multiplier, labels=labels)


def snapshot(
    id: str = "20260228T080000Z-0a1b2c3d",
    now: int = NOW,
    bases: tuple[str, ...] = ("BTC", "ETH"),
    fields: tuple[str, ...] = ("last", "pct_24h", "funding_rate"),
    mode: str = "live",
    seed: int = 1,
) -> Snapshot:
    shape = (len(bases), len(fields))
    values = np.random.default_rng(seed).normal(size=shape)
    values[0, -1] = np.nan
    return Snapshot(
        id=id,
        now=now,
        mode=mode,  # type: ignore[arg-type]
        instruments=tuple(instrument(base) for base in bases),
        fields=fields,
        values=values,
        status=np.where(np.isnan(values), Status.MISSING, Status.OK).astype(np.uint8),
        as_of=np.full(shape, np.nan),
        received=np.full(shape, float(now)),
        endpoint=np.zeros(shape, dtype=np.int16),
        endpoints=("okx /market/tickers",),
        sources=(
            Source("okx", "ok", "", 0.8, len(bases)),
            Source("gate", "failed", "HTTP 500", 2.0, 0),
        ),
        headlines=(
            Headline("Decrypt", "Bitcoin “holds” – 日本", "https://decrypt.co/1", None, now),
        ),
    )


def series(
    symbol: str = "BTC/USDT",
    rows: int = 5,
    start: int = NOW - 100 * HOUR,
    kind: str = "bars_1h",
    first: float = 100.0,
) -> Series:
    width = len(COLUMNS[kind])
    data = np.empty((rows, width))
    data[:, 0] = start + HOUR * np.arange(rows)
    data[:, 1:] = first + np.arange(rows)[:, None] + np.arange(width - 1) / 7
    data[-1, -1] = np.nan
    return Series("binance", symbol, kind, data, "fetchOHLCV")  # type: ignore[arg-type]
