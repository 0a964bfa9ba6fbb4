"""Every setting, its type and its default. `config.py` fills them from file and environment.

The key in commentary.toml is the attribute's name in the table of its section; in the
environment, COMMENTARY_<SECTION>__<KEY>.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from generator.coerce import Pairs
from generator.declared import UNDISCLOSED, Compensation, Positions

if TYPE_CHECKING:
    from generator.collect.settings import CollectSettings

# Which venue's price is told first; collecting asks all of them side by side.
PRICE_VENUES = (
    "binance",
    "coinbase",
    "okx",
    "binanceusdm",
    "bybit",
    "hyperliquid",
    "krakenfutures",
    "gate",
    "kucoinfutures",
    "bitget",
)


# As in collect/settings.py, which is not imported here: that package costs a quarter of a second.
# A test holds the two together.
VENUES = (
    "binance",
    "binanceusdm",
    "bybit",
    "okx",
    "hyperliquid",
    "coinbase",
    "krakenfutures",
    "gate",
    "kucoinfutures",
    "bitget",
    "kraken",
    "deribit",
)
FEEDS: Pairs = (
    ("CoinDesk", "https://www.coindesk.com/arc/outboundfeeds/rss"),
    ("Cointelegraph", "https://cointelegraph.com/rss"),
    ("Decrypt", "https://decrypt.co/feed"),
    ("The Block", "https://www.theblock.co/rss.xml"),
    ("Blockworks", "https://blockworks.co/feed"),
)


@dataclass(frozen=True, slots=True)
class CollectSection:
    """What to ask, and for how long.

    deadline_s bounds one source's snapshot, request_s one request, backfill_deadline_s one
    venue's history, all in seconds. url_prefix is put before every full URL.
    """

    venues: tuple[str, ...] = VENUES
    aggregators: tuple[str, ...] = ("coingecko", "coinmarketcap", "coinpaprika")
    side: tuple[str, ...] = ("alternative.me", "defillama")
    feeds: Pairs = FEEDS
    universe_size: int = 250
    deadline_s: float = 25.0
    request_s: float = 10.0
    backfill: bool = True
    backfill_deadline_s: float = 120.0
    url_prefix: str = ""


@dataclass(frozen=True, slots=True)
class MarketSection:
    """Whose numbers count, and what is too small to speak of.

    price_venues and perp_venues are orders of preference. score_floor is the significance below
    which nothing leads; max_price_age_s is in seconds, min_age_days in days since listing.
    """

    majors: tuple[str, ...] = ("BTC", "ETH")
    price_venues: tuple[str, ...] = PRICE_VENUES
    perp_venues: tuple[str, ...] = (
        "binanceusdm",
        "bybit",
        "okx",
        "hyperliquid",
        "bitget",
        "gate",
        "kucoinfutures",
        "krakenfutures",
    )
    min_turnover_usd: float = 5e6
    min_cap_usd: float = 50e6
    min_age_days: int = 30
    score_floor: float = 1.3
    max_price_age_s: float = 300.0


@dataclass(frozen=True, slots=True)
class RulesSection:
    """Thresholds and rules to override: params is rule -> parameter -> value.

    packs: folders of more rules, by their paths from the working folder.
    """

    packs: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    params: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HouseSection:
    """Whose note it is, how it speaks, and what it must declare (docs/house-style.md).

    hashtags are set in every text, those of the assets spoken of fill up to hashtags_max. emoji:
    one before a text. cashtags: $BTC where a network links it. spelling: `uk` or `us`. tone:
    `plain` or `brisk`. positions: `none`, `undisclosed` or a list of { asset, side, instrument,
    as_of }; compensation likewise, of { payer, amount, as_of }. automation is the approval policy,
    true to what is done: `reviewed` (by reviewer, if named) or `not reviewed`. disclaimers: packs
    (`commentary disclaimers list`); declared: a table of what they ask for, such as firm.
    seed_salt is mixed into the choice between phrases of equal merit.
    """

    name: str = ""
    sign_off: str = "Numbers first."
    hashtags: tuple[str, ...] = ()
    hashtags_max: int = 4
    emoji: bool = False
    cashtags: bool = True
    spelling: str = "uk"
    tone: str = "plain"
    positions: Positions = UNDISCLOSED
    compensation: Compensation = UNDISCLOSED
    automation: str = "reviewed"
    reviewer: str = ""
    disclaimers: tuple[str, ...] = ("generic",)
    declared: Pairs = ()
    language: str = "en"
    seed_salt: str = ""


@dataclass(frozen=True, slots=True)
class StoreSection:
    """Where things are kept; relative paths count from the working folder. state: the ledger."""

    output: str = "output"
    history: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class CalendarSection:
    """The calendar that the user keeps (docs/optional-sources.md); none is shipped."""

    file: str = "calendar.yaml"


@dataclass(frozen=True, slots=True)
class PublishSection:
    """How the outbox behaves (docs/publishing.md).

    resend: whether what reading back does not find is sent again unasked. reads and pause_s: how
    often an uncertain post is looked for, and the seconds before each look but the first.
    thread_minutes: how old the first part may be for the next to follow. post_minutes,
    newsletter_minutes: how old a note's numbers may be when it is sent. month_usd: the most an
    account may cost in a UTC month. first_hours: how long back an account that is new to the ledger
    must be silent. checkpoint: a command, run in the state folder before every single call, that
    keeps the ledger elsewhere (docs/daily.md); where it fails, nothing is sent.
    """

    resend: bool = False
    reads: int = 4
    pause_s: float = 5.0
    thread_minutes: float = 30.0
    post_minutes: float = 30.0
    newsletter_minutes: float = 360.0
    month_usd: float = 10.0
    first_hours: float = 12.0
    checkpoint: str = ""

    def age_minutes(self, network: str) -> float:
        return self.newsletter_minutes if network in LONG_LIVED else self.post_minutes


@dataclass(frozen=True, slots=True)
class RunSection:
    """The daily job (docs/daily.md).

    slots: name -> `HH:MM Area/City`. quiet: whether a quiet day is posted (`post`) or passed over
    (`skip`). approval: `manual`, or `auto` when every gate passes. late_minutes: how long after
    its time a slot may still be filled. venues: how many must have answered.
    """

    slots: Pairs = ()
    quiet: str = "post"
    approval: str = "manual"
    late_minutes: float = 120.0
    venues: int = 2


LONG_LIVED = ("newsletter", "smtp", "ghost")  # read hours after they come


@dataclass(frozen=True, slots=True)
class Network:
    """One network's settings; what they mean is that network's own affair."""

    name: str
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def base_url(self) -> str | None:
        url = self.options.get("base_url")
        return str(url) if url else None


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys; only ever from the environment or .env, never shown.

    alert_urls: where the operator is told of trouble, as Apprise has it, with blanks between.
    """

    coinmarketcap_key: str | None = field(default=None, repr=False)
    alert_urls: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of `doctor`: a setting, its value as text, and where it came from."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True)
class Config:
    """All settings of one working folder.

    networks: the settings of each that has any. previewed: those a preview writes for.
    """

    folder: Path
    collect: CollectSection = CollectSection()
    market: MarketSection = MarketSection()
    rules: RulesSection = RulesSection()
    house: HouseSection = HouseSection()
    store: StoreSection = StoreSection()
    calendar: CalendarSection = CalendarSection()
    publish: PublishSection = PublishSection()
    run: RunSection = RunSection()
    networks: Mapping[str, Network] = field(default_factory=dict)
    previewed: tuple[str, ...] = ("x",)
    secrets: Secrets = Secrets()
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def output(self) -> Path:
        return self.folder / Path(self.store.output).expanduser()

    @property
    def history_path(self) -> Path:
        if self.store.history:
            return self.folder / Path(self.store.history).expanduser()
        return self.output / HISTORY

    @property
    def calendar_path(self) -> Path:
        return self.folder / Path(self.calendar.file).expanduser()

    @property
    def cache_path(self) -> Path:
        """Market listings of the venues, kept for a day; may be deleted at any time."""
        return self.output / "cache"

    def collect_settings(self) -> CollectSettings:
        """What `collect` takes."""
        from generator.collect.settings import CollectSettings

        return CollectSettings(
            **{f.name: getattr(self.collect, f.name) for f in fields(self.collect)},
            majors=self.market.majors,
            coinmarketcap_key=self.secrets.coinmarketcap_key,
        )

    @property
    def state_path(self) -> Path:
        """The durable folder of the ledger: losing `output` must not lose what was sent."""
        if self.store.state:
            return self.folder / Path(self.store.state).expanduser()
        from platformdirs import user_state_path

        return user_state_path("commentary")

    def describe(self) -> tuple[Setting, ...]:
        """Every setting with its value and origin; of secrets, only whether they are set."""
        from generator.config import describe

        return describe(self)


HISTORY = "history.sqlite3"
