"""What a scenario file says: frozen values. `parse` reads them.

A file names a moment, the sources, the assets with what each venue quotes, and in a few words how
the past went. Prices are in the quote currency of each pair (dollars or a dollar stablecoin).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.model import Headline, Source
from generator.scenarios.flows import FundingForm, VolumeForm
from generator.scenarios.paths import PathForm

BUCKETS = ("large", "mid", "small", "micro")
MOST = 1e15  # no price, volume or market value is larger


@dataclass(frozen=True, slots=True)
class SpotForm:
    """One venue's spot pair. basis_bp: its price over the asset's price."""

    volume_24h_usd: float | None
    basis_bp: float


@dataclass(frozen=True, slots=True)
class PerpForm:
    """One venue's perpetual; percentages are per interval, premium against the index."""

    volume_24h_usd: float | None
    premium_bp: float
    premium_8h_bp: float | None
    premium_typical_bp: float
    funding: FundingForm | None
    funding_now_pct: float | None
    funding_cap_pct: float | None
    oi_coins: float | None
    oi_change_24h_pct: float
    liquidations_24h_usd: float | None
    liquidations_long_share: float | None


@dataclass(frozen=True, slots=True)
class AssetForm:
    ticker: str
    name: str
    price: float
    change_24h_pct: float
    market_cap_usd: float | None
    path: PathForm
    volume: VolumeForm
    spot: Mapping[str, SpotForm]
    perp: Mapping[str, PerpForm]


@dataclass(frozen=True, slots=True)
class BucketForm:
    """How the coins of one size fared: medians and spreads in percent."""

    change_24h_pct: float
    spread_24h_pct: float
    change_7d_pct: float
    spread_7d_pct: float
    week_volume_times: float


@dataclass(frozen=True, slots=True)
class UniverseForm:
    """The other perpetuals: which venues list them, and how each size of coin fared.

    exact: ticker -> (24 h change in percent, price or None, turnover or None, value or None).
    """

    venues: tuple[str, ...]
    days: int
    buckets: Mapping[str, BucketForm]
    exact: Mapping[str, tuple[float, float | None, float | None, float | None]]
    volume_times: float


@dataclass(frozen=True, slots=True)
class Form:
    """One scenario file."""

    name: str
    title: str
    about: str
    now: int
    seed: int
    illustrative: tuple[str, ...]
    sources: tuple[Source, ...]
    assets: tuple[AssetForm, ...]
    universe: UniverseForm | None
    headlines: tuple[Headline, ...]
    fear_greed: tuple[float, ...]
    fear_greed_typical: float
    stablecoins: Mapping[str, tuple[float, float, float]]
