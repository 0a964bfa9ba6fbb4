"""Chinese as it is set: no gaps between words, full-width signs, tags that stay tags, room for all."""

from __future__ import annotations

import re
from functools import cache

import pytest

from generator import networks
from generator.collect.scenario import load_scenario, scenario_names
from generator.flow import Note, note
from generator.write import marks
from tests.check.own import checked, of_scenario, texts
from tests.flow.desk import shop, templates

HAN = "\u3400-\u9fff"
GAP = re.compile(
    rf"[{HAN}，。；：、（）！？“”]  *(?![#$])\S|(?<![#$A-Z])  *[{HAN}，。；：、（）！？]"
)
NARROW = re.compile(rf"[{HAN}][,.;:!?()]|[,;!?()][{HAN}]")
TAG = re.compile(rf"#[{HAN}A-Za-z]+")


@cache
def told(scenario: str, network: str) -> Note:
    kit = shop()
    wanted = (networks.named(network),)
    snapshot, history = load_scenario(scenario)
    return note(
        snapshot, history, kit.config, kit.book, templates("zh"), seed="day 1", networks=wanted
    )


def without_quotations(made: Note) -> list[str]:
    """Every text of a note; headlines in it keep the language and the signs they came in."""
    out = []
    for draft in made.drafts:
        for at, segment in enumerate(draft.segments):
            for n in draft.numbers:
                if n.unit == "text" and n.segment == at:
                    segment = segment.replace(n.text, "标题")
            out.append(segment)
    return out


@pytest.mark.parametrize("scenario", scenario_names())
def test_nothing_but_tags_is_set_off_by_spaces(scenario: str) -> None:
    for text in without_quotations(told(scenario, "x")):
        stamp = text.partition("。")[2]
        assert not GAP.search(stamp), stamp
        assert not NARROW.search(stamp), stamp


def test_tags_stand_apart_so_that_networks_see_them() -> None:
    for text in without_quotations(told("one_hour_crash", "x")):
        for tag in TAG.finditer(text):
            assert tag.start() == 0 or text[tag.start() - 1].isspace(), text
    assert marks.tidy("现货的 $ETH 下跌 。 #以太坊 #比特币", tight=True) == (
        "现货的 $ETH 下跌。 #以太坊 #比特币"
    )


def test_paragraphs_of_a_note_stay_apart() -> None:
    assert told("one_hour_crash", "x").drafts[0].segments[0].count("\n\n") > 5


@pytest.mark.parametrize("scenario", scenario_names())
def test_a_post_fits_with_its_prices_and_its_disclaimer_whole(scenario: str) -> None:
    """Chinese characters weigh two on X: what does not fit is dropped by whole findings."""
    post = told(scenario, "x").drafts[1]
    assert not told(scenario, "x").failed
    assert post.length[0] <= 280
    assert "不构成投资建议" in post.segments[-1]
    for sentence in re.split(r"(?<=。)|\n", post.segments[0]):
        assert not sentence.strip() or sentence.strip()[-1] in "。？" or "#" in sentence, sentence


def test_large_sums_are_told_in_wan_and_yi() -> None:
    text = told("one_hour_crash", "x").drafts[0].segments[0]
    assert re.search(r"\d亿美元", text)
    assert "500万美元" in text
    assert not re.search(r"\d(?:bn|m)\b", text)


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (r"(\d\d:\d\d)前", r"\1后", "the watch item ends then"),
        ("以来盘中最低价", "以来盘中最高价", "it is the other extreme"),
        ("以来盘中最低价", "以前盘中最低价", "is a moment since which it holds"),
    ],
)
def test_words_behind_a_moment_are_read_too(right: str, wrong: str, message: str) -> None:
    """Chinese puts before, after and since behind the clock or the date."""
    scenarios = (of_scenario(name, "zh") for name in ("source_article", "short_squeeze"))
    said = ((made, *told) for made in scenarios for told in texts(made))
    made, form, text = next(each for each in said if re.search(right, each[-1]))
    assert not checked(made, text, form, "zh")
    found = checked(made, re.sub(right, wrong, text, count=1), form, "zh")
    assert any(message in p.message for p in found), found
