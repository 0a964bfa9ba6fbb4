"""A scenario file as a snapshot and its history: the whole flow without a network.

The bars, samples and settlements are drawn from the few words in the file, fixed by its seed, and
agree with the snapshot: the last hourly close is the last price, the close 24 h ago is open_24h,
low_24h is the lowest hourly low, and hourly bars add up to the daily ones.
"""

from __future__ import annotations

import difflib
import zlib
from collections.abc import Iterable
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np

from generator.errors import ScenarioError
from generator.model import (
    DAY,
    FIELDS,
    HOUR,
    Floats,
    History,
    Instrument,
    InstrumentKind,
    Series,
    SeriesKey,
    SeriesKind,
    Snapshot,
    Source,
    Status,
)
from generator.scenarios import flows, paths
from generator.scenarios.form import AssetForm, Form, PerpForm
from generator.scenarios.parse import read_form
from generator.scenarios.universe import universe_assets

FOLDER = resources.files("generator.scenarios")
ENDPOINT = "scenario"


def scenario_names() -> tuple[str, ...]:
    """The shipped scenarios, in alphabetical order."""
    names = (p.name for p in FOLDER.iterdir())
    return tuple(sorted(n[:-5] for n in names if n.endswith(".yaml") and not n.startswith("_")))


def load_scenario(name_or_path: str) -> tuple[Snapshot, History]:
    """A shipped scenario by name, or any file by a path ending in .yaml.

    Raises ScenarioError when it is unknown, unreadable or malformed.
    """
    if name_or_path in scenario_names():
        file = f"{name_or_path}.yaml"
        return build(read_form((FOLDER / file).read_text("utf-8"), name_or_path, file))
    if not name_or_path.endswith((".yaml", ".yml")):
        close = difflib.get_close_matches(name_or_path, scenario_names(), 1, 0.5)
        todo = f"did you mean `{close[0]}`?" if close else f"known: {', '.join(scenario_names())}"
        raise ScenarioError(f"scenario {name_or_path[:60]}", "there is no such scenario", todo)
    path = Path(name_or_path)
    try:
        content = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError, ValueError):
        raise ScenarioError(str(path), "the file cannot be read", "check its path") from None
    return build(read_form(content, path.stem, path.name))


def build(form: Form) -> tuple[Snapshot, History]:
    """A checked form as snapshot and history. Deterministic: the same form, the same bytes."""
    rows = _Rows(form)
    for asset in form.assets:
        rows.asset(asset, majors=True)
    others = universe_assets(form)
    for asset in others:
        rows.asset(asset, majors=False)
    rows.side_sources([*form.assets, *others])
    return rows.snapshot(), History(rows.series)


def _seed(form: Form, *names: str) -> int:
    return zlib.crc32(f"{form.seed}:{':'.join(names)}".encode())


class _Rows:
    """The instruments, their fields and their series, as they are added."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.instruments: list[Instrument] = []
        self.values: list[dict[str, float]] = []
        self.series: dict[SeriesKey, Series] = {}
        self.gone = {s.name for s in form.sources if s.state not in ("ok", "partial")}

    def asset(self, asset: AssetForm, *, majors: bool) -> None:
        """Every venue of one asset; majors carry hourly bars, funding, OI and premium series."""
        form, now, seed = self.form, self.form.now, _seed(self.form, asset.ticker)
        path = paths.draw_path(asset.path, now, asset.price, asset.change_24h_pct, seed)
        shape = flows.draw_volume(asset.volume, asset.path, path, now, seed + 1)
        quotes = [
            *((v, s.basis_bp, s.volume_24h_usd, None) for v, s in asset.spot.items()),
            *((v, p.premium_bp, p.volume_24h_usd, p) for v, p in asset.perp.items()),
        ]
        first = True
        for venue, basis, turnover, perp in quotes:
            if venue in self.gone:
                continue
            inst = _instrument(venue, asset.ticker, perp is not None, form.illustrative, majors)
            digits, factor = paths.tick(asset.price), 1 + basis / 1e4
            daily, hourly = (paths.moved(b, factor, digits) for b in (path.daily, path.hourly))
            hourly = flows.with_volume(hourly, shape.hourly, turnover or 0.0)
            values = _window(hourly, turnover)
            if majors or first:
                daily = flows.with_volume(daily, shape.daily, turnover or 0.0)
                whole = hourly[hourly[:, 0] < now - now % DAY]
                if len(whole):  # sums of rounded hours, so that the days add up exactly
                    daily = np.vstack([daily[: len(daily) - len(whole) // 24], paths.by_day(whole)])
                self._keep(inst, "bars_1d", _unknown_volume(daily, turnover))
            if majors:
                self._keep(inst, "bars_1h", _unknown_volume(hourly, turnover))
            if perp is not None:
                mark_index = round(asset.price, digits)
                values |= self._perp(inst, perp, values["last"], mark_index, hourly, majors)
            self._add(inst, values)
            first = False

    def _perp(
        self,
        inst: Instrument,
        perp: PerpForm,
        last: float,
        index: float,
        hourly: Floats,
        majors: bool,
    ) -> dict[str, float]:
        now, seed = self.form.now, _seed(self.form, inst.venue, inst.symbol)
        out = {"mark": last, "index": index, "premium_bps": (last / index - 1) * 1e4}
        if perp.funding is not None:
            hours = perp.funding.interval_h
            rate = (perp.funding_now_pct or 0.0) / 100
            if majors or perp.funding_now_pct is None:
                settled = flows.draw_funding(perp.funding, now, seed)
                rate = float(settled[-1, 1]) if perp.funding_now_pct is None else rate
            out |= {"funding_rate": rate, "funding_interval_h": float(hours)}
            out["funding_8h"] = rate * 8 / hours
            out["next_funding_ts"] = float(now - now % (hours * HOUR) + hours * HOUR)
            if perp.funding_cap_pct is not None:
                cap = perp.funding_cap_pct / 100
                out |= {"funding_cap": cap, "funding_floor": -cap}
            if majors:
                self._keep(inst, "funding", settled)
        if perp.oi_coins:
            out |= {"oi_base": perp.oi_coins, "oi_usd": perp.oi_coins * last}
            if majors:
                change = perp.oi_change_24h_pct
                samples = flows.draw_open_interest(perp.oi_coins, change, hourly, now, seed + 1)
                self._keep(inst, "oi", samples)
        if majors:
            paid = self.series.get((inst.venue, inst.symbol, "funding"))
            premium = flows.PremiumForm(
                out["premium_bps"], perp.premium_typical_bp, 1.2, perp.premium_8h_bp
            )
            drawn = flows.draw_premium(premium, paid.data if paid else None, now, seed + 2)
            self._keep(inst, "premium_1h", drawn)
        if perp.liquidations_24h_usd is not None:
            out["liquidations_24h_usd"] = perp.liquidations_24h_usd
        if perp.liquidations_long_share is not None:
            out["liquidations_long_share"] = perp.liquidations_long_share
        return out

    def side_sources(self, assets: Iterable[AssetForm]) -> None:
        """Market values, sentiment and stablecoins, unless their source is gone."""
        form = self.form
        for asset in assets:
            if asset.market_cap_usd is not None and "coingecko" not in self.gone:
                inst = _plain("coingecko", asset.name, "aggregate", asset.ticker, "crypto")
                inst = replace(inst, labels=_labels("universe" in form.illustrative))
                change = asset.change_24h_pct
                values = {"last": asset.price, "pct_24h": change}
                self._add(inst, values | {"market_cap_usd": asset.market_cap_usd})
        for ticker, (price, supply, before) in form.stablecoins.items():
            if "defillama" not in self.gone:
                inst = _plain("defillama", ticker, "stablecoin", ticker, "stable")
                self._add(
                    inst,
                    {"last": price, "supply_usd": supply, "supply_prev_week_usd": before},
                )
        if form.fear_greed and "alternative.me" not in self.gone:
            inst = _plain("alternative.me", "FNG", "index", "MARKET", "crypto")
            seed = _seed(form, "FNG")
            drawn = flows.draw_index(form.fear_greed, form.fear_greed_typical, form.now, seed)
            self._keep(inst, "index", drawn)
            self._add(inst, {"index_value": float(drawn[-1, 1])})

    def _keep(self, inst: Instrument, kind: SeriesKind, data: Floats) -> None:
        key = (inst.venue, inst.symbol, kind)
        self.series[key] = Series(inst.venue, inst.symbol, kind, data, ENDPOINT)

    def _add(self, inst: Instrument, values: dict[str, float]) -> None:
        self.instruments.append(inst)
        self.values.append(values)

    def snapshot(self) -> Snapshot:
        """Everything added so far."""
        form, names = self.form, tuple(FIELDS)
        values = np.array([[row.get(f, np.nan) for f in names] for row in self.values])
        known = ~np.isnan(values)
        stamps = np.where(known, float(form.now), np.nan)
        if "FNG" in (symbols := [i.symbol for i in self.instruments]):
            row = symbols.index("FNG")  # published once a day, at midnight
            stamps[row] = np.where(known[row], float(form.now - form.now % DAY), np.nan)
        return Snapshot(
            id=f"scenario-{form.name}",
            now=form.now,
            mode="scenario",
            instruments=tuple(self.instruments),
            fields=names,
            values=values,
            status=np.where(known, Status.OK, Status.MISSING).astype(np.uint8),
            as_of=stamps,
            received=np.full(values.shape, float(form.now)),
            endpoint=np.zeros(values.shape, dtype=np.int16),
            endpoints=(ENDPOINT,),
            sources=tuple(self._counted(s) for s in form.sources),
            headlines=form.headlines,
            scenario=form.name,
        )

    def _counted(self, source: Source) -> Source:
        rows = sum(i.venue == source.name for i in self.instruments)
        rows += sum(h.source == source.name for h in self.form.headlines)
        return replace(source, rows=rows)


def _window(hourly: Floats, turnover: float | None) -> dict[str, float]:
    last = hourly[-24:]
    price, before = float(last[-1, 4]), float(last[0, 1])
    out = {"last": price, "open_24h": before, "pct_24h": (price / before - 1) * 100}
    out |= {"high_24h": float(last[:, 2].max()), "low_24h": float(last[:, 3].min())}
    if turnover is not None:
        out |= {"quote_volume_24h": turnover, "base_volume_24h": float(last[:, 5].sum())}
    return out


def _unknown_volume(bars: Floats, turnover: float | None) -> Floats:
    if turnover is None:
        bars = bars.copy()
        bars[:, 5:] = np.nan
    return bars


def _labels(illustrative: bool) -> tuple[tuple[str, str], ...]:
    return (("illustrative", "yes"),) if illustrative else ()


def _plain(
    venue: str, symbol: str, kind: InstrumentKind, base: str, asset_class: str
) -> Instrument:
    return Instrument(venue, symbol, symbol, kind, base, "USD", 1.0, asset_class)


QUOTES = {"coinbase": "USD", "kraken": "USD", "hyperliquid": "USDC", "krakenfutures": "USD"}


def _instrument(
    venue: str, base: str, perp: bool, illustrative: tuple[str, ...], majors: bool
) -> Instrument:
    quote = QUOTES.get(venue, "USDT")
    symbol = f"{base}/{quote}:{quote}" if perp else f"{base}/{quote}"
    words = {"derivatives"} if perp else {"spot"}
    marked = bool(words & set(illustrative)) or (not majors and "universe" in illustrative)
    labels: tuple[tuple[str, str], ...] = (("pct_window", "rolling24h"),)
    if perp:
        fixed = venue in ("hyperliquid", "krakenfutures")
        labels += (
            ("premium_ref", "index"),
            ("interval_source", "fixed" if fixed else "reported"),
            ("funding_kind", "predicted"),
            ("oi_source", "venue"),
        )
    kind: InstrumentKind = "perp_linear" if perp else "spot"
    raw = symbol.split(":")[0].replace("/", "")
    return Instrument(
        venue, symbol, raw, kind, base, quote, 1.0, "crypto", labels + _labels(marked)
    )
