"""Themes and names against headlines labelled by hand: precision and recall are held.

`pooled` are titles found by broad searches, on which the phrases were made; `random` a sample seen
while they were made; `unseen` a second sample, labelled after the last phrase was written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.news import shipped

LABELS = Path(__file__).with_name("labels.json")  # of titles by their hash; the texts stay away


@pytest.fixture
def titles(reference: Path) -> dict[str, str]:
    import pyarrow.parquet as pq

    path = reference / "market" / "headlines_2021_22.parquet"
    found = pq.read_table(path, columns=["title"]).column("title").to_pylist()
    return {hashlib.sha256(t.encode()).hexdigest(): t for t in found}


def scores(pairs: Iterator[tuple[set[str], set[str]]]) -> tuple[float, float]:
    """Precision and recall over (labels, found)."""
    right = wrong = missed = 0
    for labels, found in pairs:
        right, wrong, missed = (
            right + len(labels & found), wrong + len(found - labels), missed + len(labels - found)
        )  # fmt: skip
    return right / (right + wrong), right / (right + missed)


@pytest.mark.parametrize(("part", "precise", "whole"), [
    ("pooled", 0.95, 0.85), ("random", 0.95, 0.6), ("unseen", 0.95, 0.6)])  # fmt: skip
def test_themes_agree_with_the_labels(
    titles: dict[str, str], part: str, precise: float, whole: float
) -> None:
    labels = json.loads(LABELS.read_text())[part]
    read = shipped().read
    precision, recall = scores(
        (set(v["themes"]), {t.name for t in read(titles[k]).themes}) for k, v in labels.items()
    )
    assert precision >= precise
    assert recall >= whole


def test_links_to_the_two_largest_coins_agree_with_the_labels(titles: dict[str, str]) -> None:
    labels = json.loads(LABELS.read_text())["random"]
    precision, recall = scores(
        (set(v["assets"]), set(shipped().read(titles[k]).assets & {"BTC", "ETH"}))
        for k, v in labels.items()
    )
    assert (precision, recall) == (1.0, 1.0)
