"""The same rules on our kernel, hand-written numpy, polars, DuckDB and pandas, in one run.

    python benchmarks/engines.py [--rows 3285] [--assets 500] [--rules 30] [--without pandas ...]
    python benchmarks/engines.py --rows 32850     ten times the history
    python benchmarks/engines.py --grow       how our cost grows with rows, rules and assets

Every engine gives true, false or unknown for every row; before anything is timed, all are checked
to agree on a smaller history with gaps. Each is timed alone, best of a few; ours on two threads
and through a process pool, numpy on one thread, polars and DuckDB on two. The rules of a larger
set differ in thresholds and windows, so that nobody can compute one and answer all.
pandas is timed as most
people write it (one long frame, groupby) and as wide frames, which is numpy under another name.
Needs `pip install -e '.[bench]'`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "2")

import numpy as np

from generator.judge import evaluate
from generator.judge.blocks import PanelFolder, evaluate_blocks
from generator.model import Panel
from rules import HANDS, Floats, Hand, best, make_book, make_panel

Three = dict[str, Any]  # rule -> float32 (rows x assets): 1 true, 0 false, NaN unknown
SKIP = 200  # first rows, where engines differ on when a window has begun to be whole
TARGETS = {"numpy": 1.0, "polars": 0.35, "duckdb": 0.1, "pandas": 0.1, "pandas-wide": 1.0}


def names(count: int) -> list[tuple[str, int, int]]:
    """(name, which of the twelve rules, which variant) of each rule of a set."""
    return [(f"r{i + 1:02d}", i % 12 + 1, i // 12) for i in range(count)]


def long_table(panel: Panel) -> dict[str, Any]:
    """The panel as columns asset, t, metrics; by asset, then time. Missing stays NaN."""
    rows, assets = len(panel.times), len(panel.subjects) - 1
    table: dict[str, Any] = {
        "asset": np.repeat(np.arange(assets, dtype=np.int32), rows),
        "t": np.tile(np.arange(rows, dtype=np.int32), assets),
    }
    for name, column in panel.columns.items():
        if panel.scopes[name] == "asset":
            table[name] = np.ascontiguousarray(column[:, :-1].T).reshape(-1)
    return table


# ---------------------------------------------------------------- polars


def polars_frame(panel: Panel) -> Any:
    import polars as pl

    return pl.DataFrame(long_table(panel)).with_columns(pl.col(pl.Float64).fill_nan(None))


def polars_rules(count: int) -> list[Any]:
    import polars as pl

    c = pl.col

    def over(x: Any) -> Any:
        return x.over("asset")

    def shifted(name: str, n: int) -> Any:
        """`shift` within an asset; by the row's number, which is far faster than `over`."""
        return pl.when(c("t") >= n).then(c(name).shift(n)) if n else c(name)

    def share(k: int) -> Any:
        low = (c("ret") < 0).sum().over("t") / pl.len().over("t")
        high = 1 - (c("ret") >= 0).sum().over("t") / pl.len().over("t")
        sure = pl.when(low > 0.5).then(True).when(high <= 0.5).then(False)
        return sure & (c("ret") > 0.1 * k)

    def rank(k: int) -> Any:
        low = c("ret").rank("min", descending=True).over("t").cast(pl.Float64)
        high = low + c("ret").null_count().over("t")
        sure = pl.when(high <= 10 + k).then(True).when(low > 10 + k).then(False)
        return sure & (c("rvol") > 0)

    def pctile(k: int) -> Any:
        n = 30 + 3 * k
        past = [shifted("oi", i) for i in range(1, n + 1)]
        less = pl.sum_horizontal([(p < c("oi")).cast(pl.Int16) for p in past])
        same = pl.sum_horizontal([(p <= c("oi")).cast(pl.Int16) for p in past])
        gaps = pl.sum_horizontal([p.is_null().cast(pl.Int16) for p in past])
        low = 100.0 * (0.5 * (less + same) + 0.5) / (n + 1)
        high = low + 100.0 * gaps / (n + 1)
        sure = pl.when(low > 90).then(True).when(high <= 90).then(False)
        return pl.when(c("oi").is_not_null()).then(sure)

    def z(k: int) -> Any:
        n, x = 90 + 3 * k, c("ret").shift(1)
        mean, sd = over(x.rolling_mean(n)), over(x.rolling_std(n))
        return (c("ret") - mean) / sd > 2

    def counted(k: int) -> Any:
        n = 3 + 3 * k
        past = [shifted("fund", i) for i in range(n)]
        low = pl.sum_horizontal([(p < 0).cast(pl.Int16) for p in past])
        high = n - pl.sum_horizontal([(p >= 0).cast(pl.Int16) for p in past])
        return pl.when(low >= 2 + k).then(True).when(high < 2 + k).then(False)

    def basis(k: int) -> Any:
        b, r = c("basis"), c("ret")
        other = pl.when(r > 0).then(b > 1.5 + 0.1 * k).when(r <= 0).then(b > 2)
        return b.is_between(-1, -0.5) | other

    made = {
        1: lambda k: (c("ret").abs() > 2 + 0.1 * k) & (c("rvol") > 1),
        2: lambda k: (c("z") > 2 + 0.1 * k) & ~(c("rvol") < 0),
        3: lambda k: (c("fund") < -0.5 - 0.1 * k) & (c("oi") > 1) & (c("ret") < 0),
        4: z,
        5: lambda k: c("price") > over(c("price").rolling_max(60 + 3 * k).shift(1)),
        6: lambda k: (over(c("fund").rolling_mean(9 + 3 * k)) < -0.3) & (c("ret") < 0),
        7: lambda k: (
            (100 * (c("price") / shifted("price", 21 + 3 * k) - 1) > 5) & (c("rvol") > 0.5)
        ),
        8: pctile, 9: rank, 10: share, 11: counted, 12: basis,
    }  # fmt: skip
    return [made[which](k).alias(name) for name, which, k in names(count)]


def run_polars(frame: Any, count: int) -> Any:
    return frame.lazy().select(polars_rules(count)).collect()


# ---------------------------------------------------------------- DuckDB


def duckdb_connection(panel: Panel) -> Any:
    import duckdb
    import pyarrow as pa

    table = long_table(panel)
    arrays = {n: pa.array(x, from_pandas=True) for n, x in table.items()}
    base = duckdb.connect(config={"threads": 2})
    base.register("given", pa.table(arrays))
    base.execute("CREATE TABLE m AS SELECT * FROM given ORDER BY asset, t")
    return base


def sql_rule(which: int, k: int) -> str:
    def rows(n: int, prior: bool = False) -> str:
        last = "1 PRECEDING" if prior else "CURRENT ROW"
        first = n if prior else n - 1
        return f"(PARTITION BY asset ORDER BY t ROWS BETWEEN {first} PRECEDING AND {last})"

    def of(function: str, x: str, n: int, prior: bool = False) -> str:
        over = rows(n, prior)
        return f"(CASE WHEN count({x}) OVER {over} = {n} THEN {function}({x}) OVER {over} END)"

    back = "OVER (PARTITION BY asset ORDER BY t)"
    if which == 4:
        n = 90 + 3 * k
        mean, sd = of("avg", "ret", n, True), of("stddev_samp", "ret", n, True)
        return f"(ret - {mean}) / {sd} > 2"
    if which == 5:
        return f"price > {of('max', 'price', 60 + 3 * k, True)}"
    if which == 6:
        return f"{of('avg', 'fund', 9 + 3 * k)} < -0.3 AND ret < 0"
    if which == 7:
        return f"100 * (price / lag(price, {21 + 3 * k}) {back} - 1) > 5 AND rvol > 0.5"
    if which == 8:
        n = 30 + 3 * k
        past = [f"lag(oi, {i}) {back}" for i in range(1, n + 1)]
        less = " + ".join(f"coalesce(({p} < oi)::INT, 0)" for p in past)
        same = " + ".join(f"coalesce(({p} <= oi)::INT, 0)" for p in past)
        gaps = " + ".join(f"({p} IS NULL)::INT" for p in past)
        low = f"100.0 * (0.5 * (({less}) + ({same})) + 0.5) / {n + 1}"
        high = f"({low} + 100.0 * ({gaps}) / {n + 1})"
        sure = f"CASE WHEN {low} > 90 THEN TRUE WHEN {high} <= 90 THEN FALSE END"
        return f"CASE WHEN oi IS NOT NULL THEN {sure} END"
    if which == 9:
        low = "CASE WHEN ret IS NOT NULL THEN rank() OVER (PARTITION BY t ORDER BY ret DESC NULLS LAST) END"  # noqa: E501
        gaps = "count(*) FILTER (ret IS NULL) OVER (PARTITION BY t)"
        cut = 10 + k
        return (
            f"(CASE WHEN {low} + {gaps} <= {cut} THEN TRUE WHEN {low} > {cut} THEN FALSE END) "
            "AND rvol > 0"
        )
    if which == 10:
        low = "count(*) FILTER (ret < 0) OVER (PARTITION BY t) / count(*) OVER (PARTITION BY t)"
        high = (
            "1 - count(*) FILTER (ret >= 0) OVER (PARTITION BY t) / count(*) OVER (PARTITION BY t)"
        )
        sure = f"CASE WHEN {low} > 0.5 THEN TRUE WHEN {high} <= 0.5 THEN FALSE END"
        return f"({sure}) AND ret > {0.1 * k}"
    if which == 11:
        over, n = rows(3 + 3 * k), 3 + 3 * k
        low = f"count(*) FILTER (fund < 0) OVER {over}"
        high = f"{n} - count(*) FILTER (fund >= 0) OVER {over}"
        return f"CASE WHEN {low} >= {2 + k} THEN TRUE WHEN {high} < {2 + k} THEN FALSE END"
    return {
        1: f"abs(ret) > {2 + 0.1 * k} AND rvol > 1",
        2: f"z > {2 + 0.1 * k} AND NOT (rvol < 0)",
        3: f"fund < {-0.5 - 0.1 * k} AND oi > 1 AND ret < 0",
        12: "basis BETWEEN -1 AND -0.5 OR "
        f"(CASE WHEN ret > 0 THEN basis > {1.5 + 0.1 * k} WHEN ret <= 0 THEN basis > 2 END)",
    }[which]


def run_duckdb(base: Any, count: int) -> Any:
    rules = ", ".join(f"({sql_rule(which, k)}) AS {name}" for name, which, k in names(count))
    base.execute(f"CREATE OR REPLACE TEMP TABLE found AS SELECT asset, t, {rules} FROM m")
    return base


# ---------------------------------------------------------------- pandas


class WideFrames:
    """Frames (rows x assets), which suit pandas far better than one long frame by groups."""

    def __init__(self, panel: Panel) -> None:
        import pandas as pd

        self.c = {
            n: pd.DataFrame(np.ascontiguousarray(x[:, :-1]))
            for n, x in panel.columns.items()
            if panel.scopes[n] == "asset"
        }

    def shift(self, x: Any, n: int) -> Any:
        return x.shift(n)

    def roll(self, x: Any, n: int, how: str) -> Any:
        return getattr(x.rolling(n), how)()

    def ranked(self, x: Any) -> tuple[Any, Any]:
        low = x.rank(axis=1, ascending=False, method="min")
        return low, low.add(x.isna().sum(axis=1), axis=0)

    def share(self, flags: Any) -> Any:
        return flags.mean(axis=1).to_numpy()[:, None]

    def answer(self, x: Any) -> Floats:
        return np.asarray(x)


class LongFrame:
    """One frame by asset, then time, and groupby: what most people write."""

    def __init__(self, panel: Panel) -> None:
        import pandas as pd

        frame = pd.DataFrame(long_table(panel))
        self.c = {n: frame[n] for n in frame.columns if n not in ("asset", "t")}
        self.asset, self.t = frame["asset"], frame["t"]
        self.assets = len(panel.subjects) - 1

    def shift(self, x: Any, n: int) -> Any:
        return x.groupby(self.asset, sort=False).shift(n)

    def roll(self, x: Any, n: int, how: str) -> Any:
        found = getattr(x.groupby(self.asset, sort=False).rolling(n), how)()
        return found.droplevel(0)

    def ranked(self, x: Any) -> tuple[Any, Any]:
        low = x.groupby(self.t).rank(ascending=False, method="min")
        return low, low + x.isna().groupby(self.t).transform("sum")

    def share(self, flags: Any) -> Any:
        return flags.groupby(self.t).transform("mean")

    def answer(self, x: Any) -> Floats:
        return np.asarray(x).reshape(self.assets, -1).T


def pandas_rule(f: WideFrames | LongFrame, which: int, k: int) -> tuple[Any, Any]:
    """(true, false); every negation is written out, since `~` of a gap would be true."""
    c, shift, roll = f.c, f.shift, f.roll
    ret, rvol = c["ret"], c["rvol"]
    if which == 1:
        a = ret.abs()
        return (a > 2 + 0.1 * k) & (rvol > 1), (a <= 2 + 0.1 * k) | (rvol <= 1)
    if which == 2:
        return (c["z"] > 2 + 0.1 * k) & (rvol >= 0), (c["z"] <= 2 + 0.1 * k) | (rvol < 0)
    if which == 3:
        cut, fund, oi = -0.5 - 0.1 * k, c["fund"], c["oi"]
        return (fund < cut) & (oi > 1) & (ret < 0), (fund >= cut) | (oi <= 1) | (ret >= 0)
    if which == 4:
        n, past = 90 + 3 * k, shift(ret, 1)
        z = (ret - roll(past, n, "mean")) / roll(past, n, "std")
        return z > 2, z <= 2
    if which == 5:
        top = shift(roll(c["price"], 60 + 3 * k, "max"), 1)
        return c["price"] > top, c["price"] <= top
    if which == 6:
        mean = roll(c["fund"], 9 + 3 * k, "mean")
        return (mean < -0.3) & (ret < 0), (mean >= -0.3) | (ret >= 0)
    if which == 7:
        p = 100 * (c["price"] / shift(c["price"], 21 + 3 * k) - 1)
        return (p > 5) & (rvol > 0.5), (p <= 5) | (rvol <= 0.5)
    if which == 8:
        n, oi = 30 + 3 * k, c["oi"]
        past = [shift(oi, i) for i in range(1, n + 1)]
        less = sum((p < oi).astype("int16") for p in past)
        same = sum((p <= oi).astype("int16") for p in past)
        gaps = sum(p.isna().astype("int16") for p in past)
        low = (100.0 * (0.5 * (less + same) + 0.5) / (n + 1)).where(oi.notna())
        return low > 90, low + 100.0 * gaps / (n + 1) <= 90
    if which == 9:
        low, high = f.ranked(ret)
        return (high <= 10 + k) & (rvol > 0), (low > 10 + k) | (rvol <= 0)
    if which == 10:
        low, high = f.share(ret < 0), 1 - f.share(ret >= 0)
        return (ret > 0.1 * k) & (low > 0.5), (ret <= 0.1 * k) | (high <= 0.5)
    if which == 11:
        n, fund = 3 + 3 * k, c["fund"]
        yes = roll((fund < 0).astype("float64"), n, "sum")
        no = roll((fund >= 0).astype("float64"), n, "sum")
        return yes >= 2 + k, n - no < 2 + k
    b = c["basis"]
    up, down = ret > 0, ret <= 0
    true = ((b >= -1) & (b <= -0.5)) | (up & (b > 1.5 + 0.1 * k)) | (down & (b > 2))
    out = (b < -1) | (b > -0.5)
    return true, out & ((up & (b <= 1.5 + 0.1 * k)) | (down & (b <= 2)))


def run_pandas(frames: WideFrames | LongFrame, count: int) -> list[tuple[Any, Any]]:
    return [pandas_rule(frames, which, k) for _, which, k in names(count)]


PANDAS = {"pandas": LongFrame, "pandas-wide": WideFrames}


# ---------------------------------------------------------------- agreement


def three(true: Any, false: Any) -> Floats:
    t, f = np.asarray(true, np.bool_), np.asarray(false, np.bool_)
    return np.where(t, 1.0, np.where(f, 0.0, np.nan))


def by_hand(panel: Panel, count: int) -> list[Any]:
    hand = Hand(panel, 0)
    with np.errstate(all="ignore"):
        return [HANDS[f"r{which:02d}"](hand, k) for _, which, k in names(count)]


def wide(values: Any, assets: int) -> Floats:
    """A long nullable boolean column as (rows x assets)."""
    numbers = np.array([np.nan if v is None else float(v) for v in values])
    return numbers.reshape(assets, -1).T


def answers(engine: str, panel: Panel, count: int) -> Three:
    order, assets = [n for n, _, _ in names(count)], len(panel.subjects) - 1
    if engine == "numpy":
        return {n: three(t, f) for n, (t, f) in zip(order, by_hand(panel, count), strict=True)}
    if engine in PANDAS:
        frames = PANDAS[engine](panel)
        found = [(frames.answer(t), frames.answer(f)) for t, f in run_pandas(frames, count)]
        return {n: three(t, f) for n, (t, f) in zip(order, found, strict=True)}
    if engine == "polars":
        table = run_polars(polars_frame(panel), count)
        return {n: wide(table[n].to_list(), assets) for n in order}
    base = run_duckdb(duckdb_connection(panel), count)
    table = base.sql("SELECT * FROM found ORDER BY asset, t").to_arrow_table()
    return {n: wide(table.column(n).to_pylist(), assets) for n in order}


def agree(engines: list[str], count: int) -> None:
    """Differences against ours on a small history; they are printed, never passed over."""
    panel = make_panel(400, 40)
    ours = {n: three(*p) for n, p in evaluate(make_book(count), panel).items()}
    for engine in engines:
        theirs = answers(engine, panel, count)
        apart, claims = 0, 0
        for n, x in ours.items():
            a, b = x[SKIP:], np.asarray(theirs[n], np.float64)[SKIP:]
            apart += int(((a != b) & ~(np.isnan(a) & np.isnan(b))).sum())
            claims += int((np.isnan(a) & ~np.isnan(b)).sum())
        total = sum(x[SKIP:].size for x in ours.values())
        print(f"agreement with {engine}: {apart} of {total} answers differ ({claims} claims of its"
              " own where ours is unknown)")  # fmt: skip


# ---------------------------------------------------------------- timing


def ready(engine: str, panel: Panel, count: int) -> Callable[[], Any]:
    if engine == "numpy":
        return partial(by_hand, panel, count)
    if engine == "polars":
        return partial(run_polars, polars_frame(panel), count)
    if engine == "duckdb":
        return partial(run_duckdb, duckdb_connection(panel), count)
    return partial(run_pandas, PANDAS[engine](panel), count)


def through_pool(panel: Panel, count: int, folder: Path) -> float:
    book, source = make_book(count), PanelFolder.create(folder, panel)
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(abs, range(4)))  # the workers' own start is not the rules'
        began = time.perf_counter()
        for _ in evaluate_blocks(book, source, pool):
            pass
        return time.perf_counter() - began


def compare(rows: int, assets: int, count: int, engines: list[str], repeats: int) -> None:
    panel, book = make_panel(rows, assets), make_book(count)
    print(f"\n{count} rules x {rows * assets:,} rows ({rows} moments x {assets} assets)")
    ours = best(partial(evaluate, book, panel, threads=2), repeats)
    one = best(partial(evaluate, book, panel), 1)
    with tempfile.TemporaryDirectory() as folder:
        pool = through_pool(panel, count, Path(folder) / "panel")
    print(
        f"  ours, two threads {ours:8.2f} s   (one thread {one:.2f} s, two processes {pool:.2f} s)"
    )
    for engine in engines:
        theirs = best(ready(engine, panel, count), 1 if rows > 5_000 else repeats)
        target = TARGETS[engine]
        print(f"  {engine:11} {theirs:14.2f} s   ours x {ours / theirs:.3f} (target {target:g})")


def grow(repeats: int) -> None:
    """Cost against rows, rules and assets: seconds, and the exponent between neighbours."""
    for title, sizes in (
        ("rows", [(r, 500, 30) for r in (820, 1640, 3280, 6560, 13120)]),
        ("rules", [(1640, 500, c) for c in (12, 24, 48, 96)]),
        ("assets", [(1640, a, 30) for a in (125, 250, 500, 1000, 2000)]),
    ):
        before = 0.0
        print(f"\nby {title}: moments, assets, rules, seconds on two threads, x the line before")
        for rows, assets, count in sizes:
            panel, book = make_panel(rows, assets), make_book(count)
            took = best(partial(evaluate, book, panel, threads=2), repeats)
            times = f"{took / before:.2f}" if before else ""
            print(f"  {rows:6} {assets:6} {count:4} {took:8.3f} s  {times}")
            before = took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=3285)
    parser.add_argument("--assets", type=int, default=500)
    parser.add_argument("--rules", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--without", nargs="*", default=[], choices=tuple(TARGETS))
    parser.add_argument("--grow", action="store_true")
    options = parser.parse_args()
    if options.grow:
        grow(options.repeats)
        return
    engines = [e for e in TARGETS if e not in options.without and _present(e)]
    agree(engines, min(options.rules, 36))
    compare(options.rows, options.assets, options.rules, engines, options.repeats)


def _present(engine: str) -> bool:
    from importlib.util import find_spec

    if find_spec(engine.partition("-")[0]) is None:
        print(f"{engine} is not installed: pip install -e '.[bench]'")
        return False
    return True


if __name__ == "__main__":
    main()
