"""The drawn past of everything beside price: volume, funding, open interest, premium, sentiment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.model import DAY, HOUR, Floats
from generator.scenarios.paths import PathForm, PricePath, by_day, noise

OI_STEP = HOUR  # so that a sample stands at every UTC midnight and exactly 24 h ago
OI_DAYS = 30
PREMIUM_DAYS = 45
FUNDING_DAYS = 120
INDEX_DAYS = 730  # a rank of the index needs a year at least


@dataclass(frozen=True, slots=True)
class VolumeForm:
    """vs_typical: the last 24 h over a typical day of the same class. week_times: the last seven
    days over those before. weekend: a typical weekend day over a typical weekday."""

    vs_typical: float = 1.0
    week_times: float = 1.0
    weekend: float = 0.5


@dataclass(frozen=True, slots=True)
class FundingForm:
    """Percent per interval. last: the newest settled rates, oldest first."""

    interval_h: int
    typical_pct: float
    spread_pct: float
    last: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class VolumeShape:
    """Turnover of each bar, over the turnover of the last 24 h."""

    daily: Floats
    hourly: Floats


def draw_volume(
    form: VolumeForm, path: PathForm, prices: PricePath, now: int, seed: int
) -> VolumeShape:
    """Volume that swells in the shock hours and sums to 1 over the last 24 h."""
    rng = np.random.Generator(np.random.PCG64(seed))
    hours, days = prices.hourly[:, 0], prices.daily[:, 0]
    level = _class_level(hours, form) / 24 * np.exp(0.25 * noise(rng, len(hours)))
    by_date = np.exp(0.22 * noise(rng, len(days) + 1))
    level *= by_date[np.clip(((hours - days[0]) // DAY).astype(int), 0, len(days))]
    recent = now - 7 * DAY
    level[hours >= recent] *= form.week_times
    for shock in path.shocks:
        level[hours == shock.at] *= shock.volume_times
    last = hours >= now - DAY
    level[last] *= form.vs_typical * _class_level(hours[last], form).mean() / level[last].sum()
    level /= level[last].sum()
    scale = form.vs_typical * _class_level(hours[last], form).mean()
    daily = _class_level(days, form) * by_date[:-1] / scale
    whole = hours < now - now % DAY
    hourly_days = by_day(np.column_stack([prices.hourly[whole], level[whole]]))[:, 5]
    daily[len(daily) - len(hourly_days) :] = hourly_days
    return VolumeShape(daily, level)


def _class_level(ts: Floats, form: VolumeForm) -> Floats:
    weekday = (ts // DAY + 3) % 7  # 1 January 1970 was a Thursday
    return np.where(weekday >= 5, form.weekend, 1.0)


def with_volume(bars: Floats, share: Floats, turnover: float) -> Floats:
    """Bars (n x 5) -> (n x 7): base and quote volume from the turnover of the last 24 h."""
    quote = np.round(share * turnover, 2)
    base = quote / bars[:, 1:5].mean(axis=1)
    return np.column_stack([bars, np.round(base, 6), quote])


def draw_funding(form: FundingForm, now: int, seed: int) -> Floats:
    """Settled rates (n x 3: ts, decimal rate, interval in h), newest at or before now."""
    rng = np.random.Generator(np.random.PCG64(seed))
    step = form.interval_h * HOUR
    newest = now - now % step
    days = FUNDING_DAYS if form.interval_h > 1 else PREMIUM_DAYS
    n = days * DAY // step
    wander = _lingering(noise(rng, n), 0.6)
    rates = np.round((form.typical_pct + form.spread_pct * wander) / 100, 8)
    if form.last:
        rates[-len(form.last) :] = np.round(np.array(form.last) / 100, 10)
    ts = newest - step * np.arange(n - 1, -1, -1)
    return np.column_stack([ts.astype(float), rates, np.full(n, float(form.interval_h))])


def _lingering(draws: Floats, keep: float) -> Floats:
    """A first-order autoregression of unit variance."""
    out, last, fresh = [], 0.0, (1 - keep**2) ** 0.5
    for draw in draws.tolist():
        last = keep * last + fresh * draw
        out.append(last)
    return np.array(out)


def draw_open_interest(
    coins: float, change_24h_pct: float, hourly: Floats, now: int, seed: int
) -> Floats:
    """Hourly samples up to now (n x 3: ts, coins, USD at that hour's close)."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n = OI_DAYS * DAY // OI_STEP + 1
    ts = now - OI_STEP * np.arange(n - 1, -1, -1)
    day = DAY // OI_STEP
    before = coins / (1 + change_24h_pct / 100)
    past = before * np.exp(0.05 * _lingering(noise(rng, n - day), 0.992))
    past *= np.exp(np.linspace(0, np.log(before / past[-1]), len(past)))
    recent = np.exp(np.linspace(np.log(before), np.log(coins), day + 1))[1:]
    oi = np.round(np.concatenate([past, recent]), 3)
    ends = hourly[:, 0] + HOUR
    close = hourly[np.searchsorted(ends, ts).clip(0, len(ends) - 1), 4]
    return np.column_stack([ts.astype(float), oi, np.round(oi * close, 2)])


@dataclass(frozen=True, slots=True)
class PremiumForm:
    """Basis points of the perpetual over its index: now, usual, and over the last eight hours."""

    now_bp: float
    typical_bp: float
    spread_bp: float
    mean_8h_bp: float | None


def draw_premium(form: PremiumForm, settled: Floats | None, now: int, seed: int) -> Floats:
    """Hourly premium in bp (n x 2) that agrees with the rates it led to.

    Before each of the newest settlements (n x 3, see `draw_funding`) the mean premium is the one
    that the usual formula, rate = premium + clamp(0.01 % - premium, +-0.05 %) per 8 h, turns into
    that rate. After the last one the premium leads to mean_8h_bp where three hours or more remain.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    n = PREMIUM_DAYS * 24
    ts = now - HOUR * np.arange(n, 0, -1)
    values = form.typical_bp + form.spread_bp * _lingering(noise(rng, n), 0.7)
    last = ts[0]
    for at, rate, interval in settled if settled is not None else ():
        window = (ts >= at - interval * HOUR) & (ts < at)
        if window.any() and at - interval * HOUR >= ts[0]:
            wanted = _premium_for(rate * 8 / interval * 1e4, form.typical_bp)
            values[window] += wanted - values[window].mean()
            last = int(at)
    left = int(np.count_nonzero(ts >= last))
    mean = form.now_bp if form.mean_8h_bp is None else form.mean_8h_bp
    if left >= 3:
        tail = min(left, 8)
        values[-tail:] += (8 * mean - values[-8:].sum()) / tail
    return np.column_stack([ts.astype(float), np.round(values, 4)])


def _premium_for(rate_bp: float, typical_bp: float) -> float:
    """The mean premium behind a rate (bp per 8 h): the formula has a flat part at 1 bp."""
    if abs(rate_bp - 1.0) < 0.05:
        return max(-3.9, typical_bp)
    return rate_bp - 5.0 if rate_bp < 1.0 else rate_bp + 5.0


def draw_index(values: tuple[float, ...], typical: float, now: int, seed: int) -> Floats:
    """A daily 0-100 index stamped at midnight (n x 2); `values` are its newest, oldest first."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n = INDEX_DAYS
    drawn = np.clip(np.round(typical + 16 * _lingering(noise(rng, n), 0.95)), 0, 100)
    drawn[n - len(values) :] = values
    ts = now - now % DAY - DAY * np.arange(n - 1, -1, -1)
    return np.column_stack([ts.astype(float), drawn])
