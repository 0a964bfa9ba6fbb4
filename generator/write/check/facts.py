"""One number of a run as a checker of free text reads it, and what its metric is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from generator.model import Watch

# What a metric is about, by its name; the lexicon holds the words for the same topics.
TOPICS = (
    ("funding", re.compile(r"funding|^perps_")),
    ("open interest", re.compile(r"^oi_|_oi$")),
    ("liquidations", re.compile(r"^liquidations")),
    ("volume", re.compile(r"volume|turnover|perp_to_spot|^mover_floor")),
    ("premium", re.compile(r"premium|basis|backwardat")),
)
# Whose words must stand beside a number of it, as `aspects` of the lexicon have them.
ASPECTS = (
    ("median", re.compile(r"median")),
    ("quartile", re.compile(r"_q25_|_q75_")),
    ("deviations", re.compile(r"_z$")),
    ("low", re.compile(r"^(?:fall_to_low|rebound_from_low)$")),
    ("high", re.compile(r"^(?:rise_to_high|pullback_from_high)$")),
    ("range", re.compile(r"^(?:range_(?:24h|multiple)|true_range_14d)")),
    ("kind of day", re.compile(r"same_class_days$")),
    ("history", re.compile(r"^mover_age$")),
    ("daily bars", re.compile(r"^recorded_count$")),
    ("pair", re.compile(r"^pair_(?:return_24h|day_return|level|closing_level)$")),
)
SHARES = re.compile(r"share|_rank|_tail|_of_|_to_|dominance")  # `N% of` something, and no change
SMALL = 1e-6
MARKETS = (" spot", " perpetuals")  # ends of a scope
LENGTHS = ("h", "days", "min")  # kinds of numbers that are themselves a length of time


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of a run: whose, in which unit, from where, over what.

    kind is one of `%`, `pp`, `share`, `USD`, `bp`, `times`, `h`, `days`, `plain`, or "" where the
    unit is not known. venues: folded names of those it rests on, none where that is not known, and
    market: ` spot`, ` perpetuals` or "" of theirs. hours: windows it is of; per: the interval it
    is a rate per. watch: it is this item's trigger.
    """

    metric: str
    subject: str
    value: float
    unit: str
    kind: str
    topic: str
    venues: frozenset[str]
    market: str
    hours: frozenset[float]
    per: frozenset[float]
    licensed: bool
    watch: Watch | None = None

    @property
    def aspect(self) -> str:
        """What else than its topic a sentence must speak of: `median`, or ""."""
        return _aspect(self.metric)

    @property
    def of_a_whole(self) -> bool:
        """Whether it is a share or a rank, of which `N% of` is said."""
        return self.unit in ("share", "percentile", "") or _is_share(self.metric)


def is_length(fact: Fact) -> bool:
    """Whether a number is itself so many hours, days or minutes."""
    return fact.kind in LENGTHS or fact.metric == "same_class_days"


def topic_of(metric: str) -> str:
    """`funding`, `open interest`, `liquidations`, `volume`, `premium`, or "" for anything else."""
    return _topic(metric)


@lru_cache(maxsize=1024)
def _topic(metric: str) -> str:
    return next((name for name, pattern in TOPICS if pattern.search(metric)), "")


@lru_cache(maxsize=1024)
def _aspect(metric: str) -> str:
    return next((name for name, pattern in ASPECTS if pattern.search(metric)), "")


@lru_cache(maxsize=1024)
def _is_share(metric: str) -> bool:
    return SHARES.search(metric) is not None


def quoted(written: str, subject: str) -> tuple[str, str]:
    """The metric and whose it is, of an entry of a rule's evidence; "" for the market's own."""
    side, _, metric = written.rpartition(".")
    left, _, right = subject.partition("/")
    return metric, {"": subject, "left": left, "right": right}.get(side, side.upper())


def kind_of(unit: str) -> str:
    """The kind of number a unit is, as far as print can tell kinds apart."""
    if unit.startswith("% points"):
        return "pp"
    if unit.startswith("%") or unit == "percentile":
        return "%"
    if unit in ("share", ""):
        return unit
    for start, kind in (("bp", "bp"), ("USD", "USD")):
        if unit.startswith(start):
            return kind
    if unit in ("h", "days", "min"):
        return unit
    return "times" if unit == "times" else "plain"
