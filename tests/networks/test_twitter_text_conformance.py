"""The published conformance suite of twitter-text, where the reference material is present.

Left out, with reasons: `validate/tweets` and `WeightedTweetsCounterTest` describe the older
configurations (140 characters; emoji by code point); `validate/urls`, `usernames`, `lists` and
`hashtags` describe validators that we do not have.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.networks.twitter_text import entities, is_valid, weighted_length

Case = dict[str, Any]


@pytest.fixture(scope="module")
def suite(reference: Path) -> dict[str, dict[str, list[Case]]]:
    folder = reference / "publishing" / "twitter-text-conformance"
    if not folder.is_dir():
        pytest.skip("the reference material has no conformance suite")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {
        name: yaml.load((folder / f"{name}.yml").read_text(encoding="utf-8"), loader)["tests"]
        for name in ("validate", "extract", "tlds")
    }


def found(kind: str, text: str) -> list[str]:
    return [e.text for e in entities(text) if e.kind == kind]


@pytest.mark.parametrize(
    "group", ["WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest"]
)
def test_weighted_length_and_validity_agree_with_the_suite(suite: Any, group: str) -> None:
    for case in suite["validate"][group]:
        length, want = weighted_length(case["text"]), case["expected"]
        got = (length, is_valid(case["text"]), length * 1000 // 280)
        assert got == (want["weightedLength"], want["valid"], want["permillage"]), case


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("urls", "url"),
        ("tco_urls_with_params", "url"),
        ("hashtags", "hashtag"),
        ("hashtags_from_astral", "hashtag"),
        ("cashtags", "cashtag"),
    ],
)
def test_entities_agree_with_the_suite(suite: Any, group: str, kind: str) -> None:
    for case in suite["extract"][group]:
        assert found(kind, case["text"]) == case["expected"], case


def test_mentions_agree_with_the_suite(suite: Any) -> None:
    for case in suite["extract"]["mentions"]:
        names = [name.split("/")[0] for name in found("mention", case["text"])]
        assert names == case["expected"], case


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("urls_with_indices", "url"),
        ("urls_with_directional_markers", "url"),
        ("hashtags_with_indices", "hashtag"),
        ("cashtags_with_indices", "cashtag"),
    ],
)
def test_positions_agree_with_the_suite(suite: Any, group: str, kind: str) -> None:
    for case in suite["extract"][group]:
        got = [[e.text, [e.start, e.end]] for e in entities(case["text"]) if e.kind == kind]
        assert got == [[want[kind], want["indices"]] for want in case["expected"]], case


@pytest.mark.parametrize("group", ["country", "generic"])
def test_every_top_level_domain_of_the_suite_is_known(suite: Any, group: str) -> None:
    for case in suite["tlds"][group]:
        assert found("url", case["text"]) == case["expected"], case
