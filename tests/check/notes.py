"""Hand-made drafts: a note in a small markup, so that a mutant is one replacement.

`[[metric subject text]]` prints text and traces it to the panel's value; a fourth word before the
text, `/1e9`, is the scale. `{keys}` opens a stretch licensed by those findings; `{-}` furniture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from generator.model import (
    Draft,
    Finding,
    NumberTrace,
    Panel,
    SentenceTrace,
    SourceRef,
    Story,
    Watch,
)

NOW = 1_782_453_900_000  # 2026-06-26 06:05 UTC
AS_OF = 1_782_453_600_000  # 2026-06-26 06:00 UTC
SHOCK = 1_782_392_400_000  # 2026-06-25 13:00 UTC
HEADLINE_AT = SHOCK - 20 * 60_000
SEEN = 1_726_531_200_000  # 2024-09-17
DUE = 1_782_460_800_000  # 2026-06-26 08:00 UTC

SUBJECTS = ("BTC", "ETH", "ETH/BTC", "MARKET")
VALUES: dict[str, tuple[str, dict[str, float]]] = {
    "price": ("USD", {"BTC": 59910.4, "ETH": 1555.23}),
    "return_24h": ("%", {"BTC": -2.671, "ETH": -5.53}),
    "move_band": ("band", {"BTC": -2.0, "ETH": -3.0}),
    "low_price_24h": ("USD", {"BTC": 58115.0}),
    "low_last_seen": ("ms", {"BTC": float(SEEN)}),
    "worst_hour_return": ("%", {"BTC": -4.84}),
    "worst_hour_start": ("ms", {"BTC": float(SHOCK)}),
    "worst_hour_end": ("ms", {"BTC": float(SHOCK + 3_600_000)}),
    "pair_return_24h": ("%", {"ETH/BTC": -2.94}),
    "beyond_beta": ("% points", {"ETH/BTC": -2.16}),
    "pair_beta": ("beta", {"ETH/BTC": 1.26}),
    "spot_volume_24h": ("USD", {"BTC": 2.0312e9}),
    "spot_volume_multiple": ("times", {"BTC": 1.64}),
    "funding_settled": ("% per 8 h", {"ETH": -0.00081, "BTC": 0.0001}),
    "premium_mean_8h": ("bp", {"ETH": -4.52}),
    "oi_change_24h": ("%", {"ETH": -4.07}),
    "advancers": ("share", {"MARKET": 0.34}),
    "funding_venues": ("venues", {"ETH": 5.0}),
}
WINDOWS = {"pair_beta": "90 d", "beyond_beta": "24 h", "spot_volume_multiple": "24 h"}
UNITS = {name: unit for name, (unit, _) in VALUES.items()} | {"as_of": "ms", "published": "ms"}


def panel() -> Panel:
    columns = {
        name: np.array([[values.get(s, np.nan) for s in SUBJECTS]])
        for name, (_, values) in VALUES.items()
    }
    return Panel(np.array([NOW]), SUBJECTS, columns, {})


def finding(
    rule: str, subject: str, family: str, *evidence: str, watch: Sequence[Watch] = ()
) -> Finding:
    return Finding(rule, subject, family, "finding", "new", NOW, 2.0, 0.01, evidence, tuple(watch))


WATCH = Watch("confirm", "funding_settled", "ETH", -0.00081, -0.005, "below", DUE, "")
FINDINGS = (
    finding("new_low", "BTC", "records", "low_price_24h", "low_last_seen"),
    finding("day_move", "BTC", "price", "return_24h", "price"),
    finding("day_move", "ETH", "price", "return_24h", "price"),
    finding("one_hour_shock", "BTC", "price", "worst_hour_return", "worst_hour_start"),
    finding(
        "beyond_beta_move", "ETH/BTC", "relative", "pair_return_24h", "beyond_beta", "pair_beta"
    ),
    finding("heavy_volume", "BTC", "volume", "spot_volume_24h", "spot_volume_multiple"),
    finding(
        "funding_negative", "ETH", "funding", "funding_settled", "funding_venues", watch=[WATCH]
    ),
    finding("premium_low", "ETH", "basis", "premium_mean_8h"),
    finding("positions_closed", "ETH", "open_interest", "oi_change_24h"),
    finding("headline_before_shock", "BTC", "news", "worst_hour_start"),
    finding("broad_fall", "MARKET", "breadth", "advancers"),
)
STORY = Story(
    lead=FINDINGS[0],
    evidence=FINDINGS[1:],
    levels=(),
    watch=(WATCH,),
    left_out=(),
    quiet=False,
    conflicts=(("premium_low:ETH", "positions_closed:ETH"),),
)

NOTE = """\
{new_low:BTC}BTC set its lowest price since [[low_last_seen BTC 17 September 2024]]: \
$[[low_price_24h BTC 58,115]] on Binance spot.

{day_move:BTC day_move:ETH}As of [[as_of - 06:00 UTC on 26 June]], BTC fell \
[[return_24h BTC 2.7%]] in 24 h to $[[price BTC 59,910]], and ETH dropped sharply, by \
[[return_24h ETH 5.5%]] in 24 h, to $[[price ETH 1,555]] on OKX. \
{one_hour_shock:BTC}From [[worst_hour_start BTC 13:00]] to [[worst_hour_end BTC 14:00]] UTC on \
Thursday BTC lost [[worst_hour_return BTC 4.8%]].

{beyond_beta_move:ETH/BTC}ETH/BTC fell [[pair_return_24h ETH/BTC 2.9%]] in 24 h, about \
[[beyond_beta ETH/BTC 2.2]] points more than a 90-day beta of [[pair_beta ETH/BTC 1.26]] implies. \
{heavy_volume:BTC}Binance spot volume in BTC was $[[spot_volume_24h BTC /1e9 2.03]] bn in 24 h, \
[[spot_volume_multiple BTC 1.6]] times its median and above it.

{funding_negative:ETH}ETH's last settled funding on OKX was negative, at \
[[funding_settled ETH -0.0008%]] per 8 h: shorts paid longs. \
{premium_low:ETH positions_closed:ETH}On Binance the ETH perpetual averaged \
[[premium_mean_8h ETH 4.5 bp]] under its index over 8 h, but open interest fell \
[[oi_change_24h ETH 4.1%]] in 24 h.

{headline_before_shock:BTC}The fall came after “Base stops 3 blocks” was published at \
[[published - 12:40 UTC]]. \
{broad_fall:MARKET}The fall was broad: [[advancers MARKET /0.01 34%]] of perps rose in the day.

{funding_negative:ETH}Watch the next OKX settlement at [[due - 08:00 UTC]]: a settled ETH rate below \
[[watch ETH -0.0050%]] per 8 h would extend the reading.

{-}Prepared automatically, not reviewed; this is not advice. Positions: not disclosed. \
Coverage: [[funding_venues ETH 5]] of 6 venues. Scores cover BTC and ETH.

{-}#BTC #ETH
"""

MARK = re.compile(r"\[\[(\S+) (\S+) (?:/(\S+) )?([^\]]+)\]\]|\{([^}]+)\}")
SPECIAL = {
    "as_of": ("as_of", float(AS_OF)),
    "published": ("published", float(HEADLINE_AT)),
    "due": ("due", float(DUE)),
}


def draft(
    source: str = NOTE, *, form: str = "article", network: str = "", limit: int | None = None
) -> Draft:
    """Build the draft of a marked-up note, with traces of everything marked."""
    out, numbers, stretches = "", [], []
    position, keys, begun = 0, "", 0
    for m in MARK.finditer(source):
        out += source[position : m.start()]
        position = m.end()
        if m[5] is not None:
            stretches.append((begun, len(out), keys))
            keys, begun = m[5], len(out)
        else:
            numbers.append(_trace(m, len(out), keys))
            out += m[4]
    out += source[position:]
    stretches.append((begun, len(out), keys))
    sentences = tuple(
        SentenceTrace(0, a, b, () if k in ("-", "?") else tuple(k.split()), furniture=k == "-")
        for a, b, k in stretches
        if k and b > a
    )
    tags = tuple(re.findall(r"#(\w+)", out))
    return Draft(
        form, network, "en", (out,), tuple(numbers), sentences, tags,
        length=(len(out),) if limit else (), limit=limit,
    )  # fmt: skip


def _trace(m: re.Match[str], start: int, keys: str) -> NumberTrace:
    metric, subject, text = m[1], m[2], m[4]
    if metric in SPECIAL:
        name, value = SPECIAL[metric]
        return NumberTrace(
            0, start, start + len(text), text, name, "MARKET", value, "ms", 1, -1, ""
        )
    value = WATCH.trigger if metric == "watch" else VALUES[metric][1][subject]
    metric = "funding_settled" if metric == "watch" else metric
    unit = UNITS[metric]
    digits = re.search(r"\d[\d,]*(?:\.(\d+))?", text)
    decimals = -1 if unit == "ms" else len(digits[1] or "") if digits else 0
    sources = (SourceRef("okx", "BTC/USDT", "last", value, AS_OF),)
    return NumberTrace(
        0, start, start + len(text), text, metric, subject, value, unit,
        float(m[3] or 1), decimals, keys.split(":")[0], sources,
    )  # fmt: skip
