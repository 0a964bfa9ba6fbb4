"""The perpetuals beside the majors: real tickers, round illustrative prices and market values.

`_universe.yaml` lists them by size; a scenario says how each size fared. Medians and spreads come
out as stated, because the draws of a size are ranked onto an even spread.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np

from generator.model import DAY, HOUR
from generator.scenarios import reading as r
from generator.scenarios.flows import FundingForm, VolumeForm
from generator.scenarios.form import (
    BUCKETS,
    MOST,
    AssetForm,
    BucketForm,
    Form,
    PerpForm,
    UniverseForm,
)
from generator.scenarios.paths import PathForm, noise, tick

Coin = tuple[str, float, float, float]  # ticker, price, market value, turnover (USD)
TYPICAL_PREMIUM_BP = -4.0


@cache
def coins() -> dict[str, tuple[Coin, ...]]:
    """The listed coins by bucket."""
    file = "_universe.yaml"
    text = (resources.files("generator.scenarios") / file).read_text("utf-8")
    buckets = r.keyed(r.read(text, file), (), BUCKETS)
    return {name: tuple(_coin(n) for n in r.items(node)) for name, node in buckets.items()}


def _coin(node: r.Node) -> Coin:
    ticker, price, value, turnover = r.items(node)
    return (
        r.text(ticker, 12),
        r.number(price, 1e-12, MOST),
        r.number(value, 1, MOST) * 1e6,
        r.number(turnover, 0, MOST) * 1e6,
    )


def universe_assets(form: Form) -> tuple[AssetForm, ...]:
    """One asset per listed coin that the scenario's own assets do not already cover."""
    spec = form.universe
    if spec is None:
        return ()
    taken = {a.ticker for a in form.assets}
    out: list[AssetForm] = []
    for name in BUCKETS:
        group = [c for c in coins()[name] if c[0] not in taken]
        out += _bucket(form, spec, group, spec.buckets[name])
    listed = {a.ticker for a in out} | taken
    for ticker, (change, price, turnover, value) in spec.exact.items():
        if ticker not in listed:
            coin = (ticker, price or 1.0, value or 1e8, turnover or 1e7)
            out.append(_asset(form, spec, coin, change, change * 0.8, 1.0))
    return tuple(out)


def _bucket(
    form: Form, spec: UniverseForm, group: Sequence[Coin], bucket: BucketForm
) -> list[AssetForm]:
    day = _even(form, group, "day") * bucket.spread_24h_pct + bucket.change_24h_pct
    week = _even(form, group, "week") * bucket.spread_7d_pct + bucket.change_7d_pct
    out = []
    for coin, r24, r7 in zip(group, day, week, strict=True):
        ticker, price, value, turnover = coin
        change = round(float(r24), 2)
        if ticker in spec.exact:
            change, own_price, own_turnover, own_value = spec.exact[ticker]
            price, value = own_price or price, own_value or value
            turnover = own_turnover or turnover
        out.append(
            _asset(
                form,
                spec,
                (ticker, price, value, turnover * spec.volume_times),
                change,
                max(float(r7), -60.0),
                bucket.week_volume_times,
            )
        )
    return out


def _even(form: Form, group: Sequence[Coin], what: str) -> np.ndarray:
    """Evenly spread standard scores (median 0) in an order fixed by seed and ticker."""
    n = len(group)
    keys = [zlib.crc32(f"{form.seed}:{c[0]}:{what}".encode()) for c in group]
    order = np.argsort(np.argsort(np.array(keys)))
    spread = (order - (n - 1) / 2) / max(1.0, (n - 1) / 2)
    return np.asarray(spread * (1 + 0.5 * spread**2))


def _asset(
    form: Form, spec: UniverseForm, coin: Coin, change: float, change_7d: float, week: float
) -> AssetForm:
    ticker, price, value, turnover = coin
    now = form.now
    before = round(price / (1 + change_7d / 100), tick(price))
    seed = zlib.crc32(f"{form.seed}:{ticker}:flow".encode())
    tilt = float(noise(np.random.Generator(np.random.PCG64(seed)), 1)[0])
    return AssetForm(
        ticker=ticker,
        name=ticker.lower(),
        price=price,
        change_24h_pct=change,
        market_cap_usd=value,
        path=PathForm(
            days=spec.days,
            volatility_pct=4.5,
            anchors={now - now % HOUR - 7 * DAY: before},
        ),
        volume=VolumeForm(vs_typical=1.0, week_times=week, weekend=0.6),
        spot={},
        perp={
            venue: _perp(venue, price, round(turnover * share, 2), tilt)
            for venue, share in zip(spec.venues, (1.0, 0.55, 0.4, 0.3, 0.2), strict=False)
        },
    )


def _perp(venue: str, price: float, turnover: float, tilt: float) -> PerpForm:
    # Most of the larger venues' smaller contracts settle every 4 h; their default is 0.005 %.
    hours = 1 if venue in ("hyperliquid", "krakenfutures") else 4
    rate = (0.005 if tilt > -0.5 else 0.004 + 0.004 * tilt) * hours / 4
    return PerpForm(
        volume_24h_usd=turnover,
        premium_bp=round(TYPICAL_PREMIUM_BP + tilt, 2),
        premium_8h_bp=None,
        premium_typical_bp=TYPICAL_PREMIUM_BP,
        funding=FundingForm(hours, 0.005 * hours / 4, 0.002 * hours / 4),
        funding_now_pct=round(rate, 6),
        funding_cap_pct=None,
        oi_coins=round(turnover * 0.35 / price, 2),
        oi_change_24h_pct=0.0,
        liquidations_24h_usd=None,
        liquidations_long_share=None,
    )
