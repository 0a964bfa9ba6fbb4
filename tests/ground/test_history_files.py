from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator.cli import main
from generator.errors import UsageError
from generator.model import COLUMNS, HOUR, Series
from generator.store import Store, open_store
from generator.transfer import export_series, import_series
from tests.conftest import NOW
from tests.ground.examples import series


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_store(tmp_path / "output" / "history.sqlite3")
    rng = np.random.default_rng(3)
    # Any bits that are a finite float: subnormals and 17-digit numbers, not only pretty prices.
    bits = rng.integers(0, 2**63, size=(60, 7), dtype=np.uint64).view(np.float64)
    data = np.where(np.isfinite(bits), bits, np.nan)
    data[:, 0] = NOW + HOUR * np.arange(60)
    store.append_series(
        [
            Series("binance", "NA/USDT", "bars_1h", data),
            series("ETH/USDT:USDT", kind="funding"),
            series("FNG", kind="index"),
        ]
    )
    return store


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_what_is_exported_is_imported_bit_for_bit(
    store: Store, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"history.{suffix}"
    assert export_series(store, path).series == 3
    with open_store(tmp_path / "second.sqlite3") as second:
        import_series(second, path)
        left, right = store.history().series, second.history().series
        assert list(left) == list(right)
        for key in left:
            assert left[key].data.tobytes() == right[key].data.tobytes(), key
            assert left[key].endpoint == right[key].endpoint


def test_only_the_kinds_asked_for_are_exported(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "funding.csv"
    assert export_series(store, path, ["funding"]).series == 1
    with pytest.raises(UsageError, match="Did you mean funding"):
        export_series(store, path, ["fundign"])


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_an_empty_history_goes_out_and_comes_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"empty.{suffix}"
    with open_store(tmp_path / "empty.sqlite3") as empty:
        assert export_series(empty, path).rows == 0
        assert import_series(empty, path).rows == 0


HEAD = "venue,symbol,kind,ts,value\n"
ROW = "alternative.me,FNG,index,1772265600000,55\n"
HOSTILE = {
    "has no column 'ts'": "venue,symbol,kind,value\na,b,index,5\n",
    "unknown column 'vlaue'; Did you mean value": "venue,symbol,kind,ts,vlaue\na,b,index,1772265600000,5\n",
    "'ts' holds '2026-02-28', not a number": HEAD + "a,b,index,2026-02-28,5\n",
    "missing or not in whole": HEAD + ROW + "alternative.me,FNG,index,,5\n",
    "outside the years": HEAD + "a,b,index,1772265600,5\n",
    "ascending and unique": HEAD + ROW + ROW,
    "is no kind": HEAD + "a,b,indexx,1772265600000,5\n",
    "'value' holds 'fifty'": HEAD + "a,b,index,1772265600000,fifty\n",
    "'symbol' holds ''": HEAD + "a,,index,1772265600000,5\n",
    "infinite": HEAD + "a,b,index,1772265600000,inf\n",
    "do not match": HEAD + "0,a,b,index,1772265600000,5\n",
    "cannot be read as csv": HEAD + ROW + 'a,"b\n',
    "cannot be read": "",
}


@pytest.mark.parametrize("message", HOSTILE)
def test_a_hostile_file_is_refused_by_name_and_nothing_is_lost(
    store: Store, tmp_path: Path, message: str
) -> None:
    path = tmp_path / "hostile.csv"
    path.write_text(HOSTILE[message])
    before = {k: s.data.tobytes() for k, s in store.history().series.items()}
    with pytest.raises(UsageError, match=message) as caught:
        import_series(store, path)
    assert caught.value.subject == str(path)
    assert {k: s.data.tobytes() for k, s in store.history().series.items()} == before


def test_a_csv_named_parquet_is_refused(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "wrong.parquet"
    path.write_text(HEAD + ROW)
    with pytest.raises(UsageError, match="cannot be read as parquet"):
        import_series(store, path)


def test_dates_in_a_parquet_file_are_refused(store: Store, tmp_path: Path) -> None:
    import pandas as pd

    path = tmp_path / "dates.parquet"
    row = {"venue": ["a"], "symbol": ["b"], "kind": ["index"], "value": [1.0]}
    pd.DataFrame({**row, "ts": pd.to_datetime(["2026-02-28"])}).to_parquet(path)
    with pytest.raises(UsageError, match="'ts' holds"):
        import_series(store, path)


def test_a_failed_export_leaves_the_earlier_file(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pandas as pd

    def fails(self: object, path: Path, **_: object) -> None:
        Path(path).write_text("half")
        raise OSError(28, "No space left on device")

    path = tmp_path / "history.csv"
    export_series(store, path)
    before = path.read_bytes()
    monkeypatch.setattr(pd.DataFrame, "to_csv", fails)
    with pytest.raises(OSError, match="space"):
        export_series(store, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if "partial" in p.name] == []


def test_the_command_says_what_it_moved(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["history", "export", "h.csv"]) == 0
    assert "70 rows of 3 series" in capsys.readouterr().err
    assert main(["history", "import", "h.csv", "--json"]) == 0
    assert '"series": 3' in capsys.readouterr().out
    assert main(["history", "import", "absent.csv"]) == 2
    assert "no such file" in capsys.readouterr().err


def test_every_column_of_every_kind_has_a_place() -> None:
    from generator.transfer import NUMBERS

    assert {c for columns in COLUMNS.values() for c in columns} == set(NUMBERS)
