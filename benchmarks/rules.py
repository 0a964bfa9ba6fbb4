"""Rule passes against hand-written numpy that gives the same answers, side by side in one run.

    python benchmarks/rules.py [--rows 3285] [--assets 500] [--quick]

Prints seconds and ratios for a newest-row pass (500 and 5,000 assets, 12 and 30 rules, on a tail
of 100 rows) and for a whole-panel pass (12 rules, our kernel on two threads against the hand on
one). Both sides are checked to agree before they are timed. The machine is noisy: read ratios.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.judge import evaluate, judge, strict_yaml
from generator.judge.findings import condition
from generator.judge.kernel import Evaluation, Frame
from generator.judge.nodes import Nodes
from generator.judge.rule_file import build_rule
from generator.judge.rules import RuleBook
from generator.model import HOUR, MARKET, Panel

Floats = NDArray[np.float64]
Answer = tuple[Any, Any]
STEP = 8 * HOUR
TARGET = {(30, 500): 5.0, (30, 5_000): 80.0}  # ms, a newest-row pass: (rules, assets)
SCOPES = {
    **dict.fromkeys(("ret", "z", "rvol", "fund", "oi", "basis", "price", "liq"), "asset"),
    "breadth": "market",
}


@dataclass(frozen=True)
class Info:
    name: str
    unit: str
    scope: str


CATALOG = {n: Info(n, "", s) for n, s in SCOPES.items()}


def make_panel(rows: int, assets: int) -> Panel:
    random = np.random.default_rng(1)
    subjects = (*(f"A{i:05d}" for i in range(assets)), MARKET)
    times = 1_772_265_600_000 - np.arange(rows)[::-1] * STEP
    columns = {}
    for name in SCOPES:
        x = random.normal(0.0, 1.0, (rows, assets + 1))
        if name == "price":
            x = 100.0 * np.exp(np.cumsum(x * 0.01, axis=0))
        x[random.random(x.shape) < 0.02] = np.nan
        if name in {"fund", "oi", "basis"}:
            x[:, : int(assets * 0.4)] = np.nan
        columns[name] = x
    return Panel(times.astype(np.int64), subjects, columns, SCOPES)


# ---------------------------------------------------------------- the rules, in the language

RULES: Mapping[str, Callable[[int], str]] = {
    "r01": lambda k: f"abs(ret) > {2 + 0.1 * k:g} and rvol > 1",
    "r02": lambda k: f"z > {2 + 0.1 * k:g} and not (rvol < 0)",
    "r03": lambda k: f"fund < {-0.5 - 0.1 * k:g} and oi > 1 and ret < 0",
    "r04": lambda k: f"zscore(ret, days({30 + k})) > 2",
    "r05": lambda k: f"price > lag(max(price, days({20 + k})), hours(8))",
    "r06": lambda k: f"mean(fund, days({3 + k})) < -0.3 and ret < 0",
    "r07": lambda k: f"pct_change(price, days({7 + k})) > 5 and rvol > 0.5",
    "r08": lambda k: f"pctile(oi, days({10 + k})) > 90",
    "r09": lambda k: f"rank(ret) <= {10 + k} and rvol > 0",
    "r10": lambda k: f"share(ret < 0) > 0.5 and ret > {0.1 * k:g}",
    "r11": lambda k: f"count_if(fund < 0, days({1 + k})) >= {2 + k}",
    "r12": lambda k: (
        f"between(basis, -1, -0.5) or (basis > {1.5 + 0.1 * k:g} if ret > 0 else basis > 2)"
    ),
}

# ---------------------------------------------------------------- the same, by hand


class Hand:
    """Plain numpy on the rows from `first` on; unknown is neither true nor false."""

    def __init__(self, panel: Panel, first: int) -> None:
        self.c = {n: x[:, :-1] for n, x in panel.columns.items()}
        self.first = first

    def now(self, name: str) -> Floats:
        return self.c[name][self.first :]

    def view(self, x: Floats, rows: int, prior: bool = False) -> tuple[Floats, int]:
        """The part of x that windows of `rows` rows need, and how many rows lack one."""
        start = self.first - rows + (0 if prior else 1)
        return x[max(start, 0) : len(x) - prior], max(-start, 0)

    def rolled(self, x: Floats, rows: int, prior: bool = False) -> Floats:
        """Sums over windows by cumulative sums; a window with a gap gives NaN."""
        part, _ = self.view(x, rows, prior)
        if len(part) == rows:
            return np.asarray(part.sum(axis=0)[None])
        gap = np.isnan(part)
        total = np.cumsum(np.where(gap, 0.0, part), axis=0)
        gaps = np.cumsum(gap, axis=0)
        out = np.full((len(x) - self.first, x.shape[1]), np.nan)
        total[rows:] -= total[:-rows].copy()
        gaps[rows:] -= gaps[:-rows].copy()
        whole = np.where(gaps == 0, total, np.nan)[rows - 1 :]
        out[len(out) - len(whole) :] = whole
        return out

    def sliding(self, x: Floats, rows: int) -> Floats:
        return np.lib.stride_tricks.sliding_window_view(x, rows, axis=0)


def h01(h: Hand, k: int = 0) -> Answer:
    a, v = np.abs(h.now("ret")), h.now("rvol")
    cut = 2 + 0.1 * k
    return (a > cut) & (v > 1), (a <= cut) | (v <= 1)


def h02(h: Hand, k: int = 0) -> Answer:
    z, v = h.now("z"), h.now("rvol")
    cut = 2 + 0.1 * k
    return (z > cut) & (v >= 0), (z <= cut) | (v < 0)


def h03(h: Hand, k: int = 0) -> Answer:
    f, o, r = h.now("fund"), h.now("oi"), h.now("ret")
    cut = -0.5 - 0.1 * k
    return (f < cut) & (o > 1) & (r < 0), (f >= cut) | (o <= 1) | (r >= 0)


def h04(h: Hand, k: int = 0) -> Answer:
    x = h.c["ret"]
    n = 90 + 3 * k
    mean = h.rolled(x, n, True) / n
    var = (h.rolled(x * x, n, True) - n * mean * mean) / (n - 1)
    z = (h.now("ret") - mean) / np.sqrt(np.maximum(var, 0.0))
    return z > 2, z <= 2


def h05(h: Hand, k: int = 0) -> Answer:
    x, n = h.c["price"], 60 + 3 * k
    part, _ = h.view(x, n, True)
    if len(part) == n:
        top = part.max(axis=0)[None]
    else:
        top = np.full(h.now("price").shape, np.nan)
        found = _sliding_max(part, n)
        top[len(top) - len(found) :] = found
    return h.now("price") > top, h.now("price") <= top


def _sliding_max(x: Floats, n: int) -> Floats:
    """By doubling: log2(n) passes over the panel instead of n."""
    have, width = x, 1
    while width * 2 <= n:
        have = np.maximum(have[width:], have[:-width])
        width *= 2
    rest = n - width
    return np.asarray(np.maximum(have[rest:], have[:-rest]) if rest else have)


def h06(h: Hand, k: int = 0) -> Answer:
    n = 9 + 3 * k
    m, r = h.rolled(h.c["fund"], n) / n, h.now("ret")
    return (m < -0.3) & (r < 0), (m >= -0.3) | (r >= 0)


def h07(h: Hand, k: int = 0) -> Answer:
    x, n = h.c["price"], 21 + 3 * k
    then = np.full(h.now("price").shape, np.nan)
    found = x[max(h.first - n, 0) : len(x) - n]
    then[len(then) - len(found) :] = found
    p, v = 100.0 * (h.now("price") / then - 1.0), h.now("rvol")
    return (p > 5) & (v > 0.5), (p <= 5) | (v <= 0.5)


def h08(h: Hand, k: int = 0) -> Answer:
    x, n = h.c["oi"], 30 + 3 * k
    low = np.full(h.now("oi").shape, np.nan)
    high = low.copy()
    for i in range(max(h.first, n), len(x)):
        window, now = x[i - n : i], x[i]
        less, up_to = (window < now).sum(axis=0), (window <= now).sum(axis=0)
        gaps = np.isnan(window).sum(axis=0)
        row = 100.0 * (0.5 * (less + up_to) + 0.5) / (n + 1)
        low[i - h.first] = np.where(np.isnan(now), np.nan, row)
        high[i - h.first] = low[i - h.first] + 100.0 * gaps / (n + 1)
    return low > 90, high <= 90


def h09(h: Hand, k: int = 0) -> Answer:
    x, v = h.now("ret"), h.now("rvol")
    order = np.argsort(-x, axis=1)
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(x.shape[1]), x.shape), axis=1)
    low = np.where(np.isnan(x), np.nan, place + 1.0)
    high = low + np.isnan(x).sum(axis=1)[:, None]
    return (high <= 10 + k) & (v > 0), (low > 10 + k) | (v <= 0)


def h10(h: Hand, k: int = 0) -> Answer:
    x = h.now("ret")
    low = (x < 0).mean(axis=1)[:, None]
    high = 1.0 - (x >= 0).mean(axis=1)[:, None]
    return (low > 0.5) & (x > 0.1 * k), (high <= 0.5) | (x <= 0.1 * k)


def h11(h: Hand, k: int = 0) -> Answer:
    rows = 3 + 3 * k
    part, _ = h.view(h.c["fund"], rows)
    yes, no = _counted(part < 0, rows), _counted(part >= 0, rows)
    shape = h.now("fund").shape
    t, f = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    t[len(t) - len(yes) :], f[len(f) - len(no) :] = yes >= 2 + k, rows - no < 2 + k
    return t, f


def _counted(flags: NDArray[np.bool_], n: int) -> NDArray[np.int8]:
    """How many of every n rows in succession, by adding shifted copies."""
    out = flags[n - 1 :].astype(np.int8)
    for i in range(n - 1):
        out += flags[i : len(flags) - n + 1 + i]
    return out


def h12(h: Hand, k: int = 0) -> Answer:
    b, r = h.now("basis"), h.now("ret")
    inside, outside = (b >= -1) & (b <= -0.5), (b < -1) | (b > -0.5)
    cut = 1.5 + 0.1 * k
    t = inside | ((r > 0) & (b > cut)) | ((r <= 0) & (b > 2))
    f = outside & (((r > 0) & (b <= cut)) | ((r <= 0) & (b <= 2)))
    return t, f


HANDS: Mapping[str, Callable[..., Answer]] = {
    f"r{i:02d}": f
    for i, f in enumerate((h01, h02, h03, h04, h05, h06, h07, h08, h09, h10, h11, h12), 1)
}


# ---------------------------------------------------------------- timing


def make_book(count: int) -> RuleBook:
    """The twelve rules, again with other thresholds and windows until there are `count`."""
    nodes, rules = Nodes(), {}
    for i in range(count):
        name = f"r{i + 1:02d}"
        when = RULES[f"r{i % 12 + 1:02d}"](i // 12)
        text = f"id: X\ntitle: X\nscope: asset\nwhen: {when}\n"
        rules[name] = build_rule(strict_yaml.parse(text, name), name, "bench", CATALOG, nodes)
    return RuleBook(rules, CATALOG, nodes)


def newest(book: RuleBook, panel: Panel) -> dict[str, Any]:
    """Every rule's condition at the newest row."""
    evaluation = Evaluation(Frame(panel))
    columns = evaluation.columns("asset")
    last = len(panel.times) - 1
    return {r.name: condition(r, r.when, evaluation, columns, last) for r in book.active}


def by_hand(panel: Panel, first: int, count: int = 12) -> dict[str, Answer]:
    hand = Hand(panel, first)
    with np.errstate(all="ignore"):
        return {f"r{i + 1:02d}": HANDS[f"r{i % 12 + 1:02d}"](hand, i // 12) for i in range(count)}


def best(work: Callable[[], Any], times: int) -> float:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


def compare(ours: Mapping[str, Any], theirs: Mapping[str, Answer]) -> None:
    """Beyond the first 120 rows, where the two differ on when a window has begun to be whole."""
    for name, (t, f) in theirs.items():
        skip = 120 if len(t) > 120 else 0
        a, b, t, f = (x[skip:] for x in (*ours[name], t, f))
        wrong = int((a != t).sum() + (b != f).sum())
        if wrong:
            print(f"  DIFFERS: {name} in {wrong} of {2 * a.size} places")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=3285)
    parser.add_argument("--assets", type=int, default=500)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    for assets in (500, 5_000):
        tail = make_panel(100, assets)
        for count in (12, 30):
            book = make_book(count)
            compare(newest(make_book(12), tail), by_hand(tail, 99))
            ours = best(partial(newest, book, tail), 15)
            hand = best(partial(by_hand, tail, 99, count), 15)
            tails = best(partial(by_hand, tail, 0, count), 3)
            whole = best(partial(judge, book, tail), 3)
            target = TARGET.get((count, assets))
            kept = "" if target is None else f" (target {target:g} ms)"
            print(
                f"newest row, {count} rules x {assets} assets: ours {ours * 1e3:.2f} ms{kept}, "
                f"hand on the newest row {hand * 1e3:.2f} ms (ratio {ours / hand:.2f}), "
                f"hand on the whole tail {tails * 1e3:.1f} ms (ratio {ours / tails:.2f}); "
                f"judge() with findings {whole * 1e3:.1f} ms"
            )
    if options.quick:
        return
    panel = make_panel(options.rows, options.assets)
    book = make_book(12)
    compare(evaluate(book, panel, threads=2), by_hand(panel, 0))
    hand = best(partial(by_hand, panel, 0), 3)
    for threads in (1, 2):
        ours = best(partial(evaluate, book, panel, threads=threads), 3)
        print(
            f"whole panel, 12 rules x {options.rows} x {options.assets}, {threads} thread(s): "
            f"ours {ours:.2f} s, hand on one {hand:.2f} s (ratio {ours / hand:.2f})"
        )
    for name, work in HANDS.items():
        single = RuleBook({name: book.rules[name]}, CATALOG, book.nodes)
        ours = best(partial(evaluate, single, panel), 2)
        hand = best(partial(work, Hand(panel, 0)), 2)
        print(f"  {name}: ours {ours * 1e3:6.1f} ms, hand {hand * 1e3:6.1f} ms   {RULES[name](0)}")


if __name__ == "__main__":
    main()
