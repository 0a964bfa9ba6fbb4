"""What to collect and from where. Plain values: importing this module imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass, field

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
FEEDS = (
    ("CoinDesk", "https://www.coindesk.com/arc/outboundfeeds/rss"),
    ("Cointelegraph", "https://cointelegraph.com/rss"),
    ("Decrypt", "https://decrypt.co/feed"),
    ("The Block", "https://www.theblock.co/rss.xml"),
    ("Blockworks", "https://blockworks.co/feed"),
)


@dataclass(frozen=True)
class CollectSettings:
    """Sources, sizes and time limits of one collection.

    url_prefix is put before every full URL (a forwarding proxy or a replay server). deadline_s
    bounds one source's snapshot, request_s one request, silence_s how long no source at all may
    answer, backfill_deadline_s one venue's history.
    """

    venues: tuple[str, ...] = VENUES
    aggregators: tuple[str, ...] = ("coingecko", "coinmarketcap", "coinpaprika")
    side: tuple[str, ...] = ("alternative.me", "defillama")
    feeds: tuple[tuple[str, str], ...] = FEEDS
    majors: tuple[str, ...] = ("BTC", "ETH")
    universe_size: int = 250
    url_prefix: str = ""
    deadline_s: float = 25.0
    request_s: float = 10.0
    silence_s: float = 9.0
    coinmarketcap_key: str | None = field(default=None, repr=False)
    backfill: bool = True
    backfill_deadline_s: float = 120.0
