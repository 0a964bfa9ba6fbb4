"""Series as one long table in a file, Parquet or CSV, and back.

The table has the columns venue, symbol, kind, endpoint, ts, then every column that any kind of
series has; a row fills those of its own kind. Both formats give back exactly the numbers that
went in: CSV carries each float with its shortest text that reads back the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from generator.errors import UsageError
from generator.model import COLUMNS, Series
from generator.packing import Unfit, check_series
from generator.store import Store

KEYS = ("venue", "symbol", "kind")
NUMBERS = tuple(dict.fromkeys(name for columns in COLUMNS.values() for name in columns))
TODO = "`commentary history export` writes a file of the right shape. Nothing was imported."


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was moved."""

    series: int
    rows: int


def export_series(store: Store, path: Path, kinds: Iterable[str] | None = None) -> Counts:
    """Writes the kept series to a new file; the file appears only when it is whole.

    Raises UsageError for an unknown kind or suffix, StoreError for a damaged history.
    """
    import pandas as pd

    _format(path)
    wanted = _known_kinds(kinds)
    chosen = [s for s in store.history().series.values() if s.kind in wanted]
    frames = [_frame(pd, s) for s in chosen]
    empty = pd.DataFrame(columns=[*KEYS, "endpoint", *NUMBERS])
    table = pd.concat(frames, ignore_index=True) if frames else empty
    table = table.reindex(columns=list(empty.columns))
    partial = path.with_name(f".{path.name}.partial")
    try:
        if _format(path) == "parquet":
            table.to_parquet(partial, index=False)
        else:
            table.to_csv(partial, index=False)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return Counts(len(chosen), len(table))


def import_series(store: Store, path: Path, kinds: Iterable[str] | None = None) -> Counts:
    """Merges a file's series into the store; at the same ts the file's row wins.

    All or nothing: every row is checked before the first is written. Raises UsageError naming
    the file and what is wrong with it.
    """
    batch = read_series(path, kinds)
    store.append_series(batch)
    return Counts(len(batch), sum(len(s.data) for s in batch))


def read_series(path: Path, kinds: Iterable[str] | None = None) -> list[Series]:
    """A file's series, every row checked. Raises UsageError naming the file and what is wrong."""
    wanted = _known_kinds(kinds)
    table = _read(path)
    _check_columns(path, table)
    return [s for s in _series(path, table) if s.kind in wanted]


def _format(path: Path) -> str:
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in ("parquet", "csv"):
        raise UsageError(str(path), "has an unknown suffix", "Name it .parquet or .csv.")
    return suffix


def _known_kinds(kinds: Iterable[str] | None) -> set[str]:
    from generator.coerce import did_you_mean

    wanted = set(kinds or COLUMNS)
    for kind in sorted(wanted - set(COLUMNS)):
        raise UsageError("--kind", f"{kind!r} is no kind of series", did_you_mean(kind, COLUMNS))
    return wanted


def _frame(pd: Any, series: Series) -> Any:
    frame = pd.DataFrame(series.data, columns=list(COLUMNS[series.kind]))
    frame["ts"] = frame["ts"].astype("int64")
    for name in (*KEYS, "endpoint"):
        frame[name] = getattr(series, name)
    return frame


def _read(path: Path) -> Any:
    import pandas as pd

    suffix = _format(path)
    if not path.is_file():
        raise UsageError(str(path), "there is no such file", "Check the path.")
    try:
        if suffix == "parquet":
            # Not pandas' own reader: it would let the file's metadata choose types and an index.
            import pyarrow.parquet as parquet

            return parquet.ParquetFile(path).read().to_pandas(ignore_metadata=True)
        # keep_default_na off for the keys: the coin NA is a name and no missing value.
        texts = dict.fromkeys((*KEYS, "endpoint"), str)
        return pd.read_csv(
            path,
            dtype=texts,
            keep_default_na=False,
            na_values={name: ["", "nan", "NaN"] for name in NUMBERS},
        )
    except Exception as error:  # whatever a hostile file provokes inside the readers
        reason = " ".join(str(error).split())[:200]
        raise UsageError(str(path), f"cannot be read as {suffix}: {reason}", TODO) from None


def _check_columns(path: Path, table: Any) -> None:
    from generator.coerce import did_you_mean

    known = (*KEYS, "endpoint", *NUMBERS)
    names = [str(name) for name in table.columns]
    # pandas takes a surplus first field for row labels, which would shift every number by one.
    if len(set(names)) < len(names) or type(table.index).__name__ != "RangeIndex":
        raise UsageError(str(path), "has rows and headings that do not match", TODO)
    for name in names:
        if name not in known:
            what = f"has an unknown column {name!r}; {did_you_mean(name, known)}"
            raise UsageError(str(path), what, TODO)
    for name in (*KEYS, "ts"):
        if name not in names:
            raise UsageError(str(path), f"has no column {name!r}", TODO)
    for name in NUMBERS:
        # bool is a number to numpy, and an empty column is of no type at all
        column = table[name] if name in names else None
        if column is not None and column.dtype.kind not in "iuf" and not column.isna().all():
            bad = next((v for v in column if not isinstance(v, int | float)), column.iloc[0])
            raise UsageError(str(path), f"column {name!r} holds {bad!r}, not a number", TODO)
    for name in KEYS:
        bad = [v for v in table[name] if not isinstance(v, str) or not v]
        if bad:
            raise UsageError(str(path), f"column {name!r} holds {bad[0]!r}, not a name", TODO)


def _series(path: Path, table: Any) -> Iterator[Series]:
    for key, rows in table.groupby(list(KEYS), sort=True):
        venue, symbol, kind = key
        columns = COLUMNS.get(kind, ("ts",))
        numbers = rows.reindex(columns=list(columns)).astype("float64")
        data = np.array(numbers.sort_values("ts").to_numpy(), dtype=np.float64)
        endpoint = rows["endpoint"].iloc[-1] if "endpoint" in rows else ""
        series = Series(venue, symbol, kind, data, endpoint if isinstance(endpoint, str) else "")
        try:
            check_series(series)
        except Unfit as error:
            raise UsageError(str(path), str(error), TODO) from None
        if np.isinf(data).any():
            what = f"{venue} {symbol} {kind} holds an infinite number"
            raise UsageError(str(path), what, TODO)
        yield series
