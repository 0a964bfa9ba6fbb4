"""Whom a title names: never a word for a ticker, never one coin for another."""

from __future__ import annotations

import pytest

from generator.news import shipped

NAMED = [
    ("Bitcoin's miners merge", {"BTC"}),
    ("BTC fund opens in Bern", {"BTC"}),
    ("Ether supply shrinks", {"ETH"}),
    ("Near Protocol opens an office", {"NEAR"}),
    ("A fund adds $NEAR", {"NEAR"}),
    ("Harmony (ONE) halts", {"ONE"}),
    ("NEAR token held by a fund", {"NEAR"}),
    ("Holders of $M and $BEAT vote", {"M", "BEAT"}),
    ("Bitcoin Cash forks", {"BCH"}),
    ("Ethereum Classic suffers a reorg", {"ETC"}),
    ("Wrapped Bitcoin moves", {"WBTC"}),
    ("Solana and Cardano validators meet", {"SOL", "ADA"}),
    ("BITCOIN AND ETH HALT AT NOON TODAY", {"BTC", "ETH"}),
    ("Вitсоin miners merge", {"BTC"}),
    ("Optimism (OP) upgrades", {"OP"}),
]
NOBODY = [
    "Ethan buys a house",
    "Traders are near the door",
    "NEAR MISS ON THE MARKET FLOOR TODAY",
    "The ONE thing a bank wants",
    "Miners BEAT the clock",
    "A token sale in May",
    "ME and my wallet",
    "IN the market for a bank",
    "AI firms raise money",
    "OP ED ON MINING IN TEXAS TODAY",
    "Send us a link",
    "LINK in the description",
    "SAND prices in Norway",
    "GAS prices rise in Europe",
    "Cash FLOW of a bank",
    "MASK mandates end",
    "TIME magazine hires",
    "The PEOPLE vote",
    "MOVE along",
    "TRUMP wins",
    "HOME loans fall",
    "PUMP and dump at a club",
    "BASE rates fall",
    "S and W are letters",
    "APT and ARB are words",
    "SUI generis",
    "ETH Zurich opens a lab",
    "Bitcoinist hires an editor",
    "A Bitcoin-backed loan",
    "Bitcoin.com hires",
    "Bitcoin Magazine hires",
    "sol and ada in small letters",
]


@pytest.mark.parametrize(("title", "assets"), NAMED)
def test_a_title_names_the_coin_it_names(title: str, assets: set[str]) -> None:
    assert shipped().read(title).assets == assets


@pytest.mark.parametrize("title", NOBODY)
def test_a_common_word_or_another_thing_is_no_coin(title: str) -> None:
    assert shipped().read(title).assets == frozenset()


@pytest.mark.parametrize(
    ("title", "linked"),
    [
        ("ZZCOIN fund opens", True),
        ("zzcoin fund opens", False),
        ("A ZZCOIN-backed loan", False),
        ("$ZZCOIN IS LISTED BY A VENUE", True),
        ("ZZCOIN IS LISTED BY A VENUE", False),
    ],
)
def test_a_coin_that_no_file_knows_is_its_ticker_in_capitals(title: str, linked: bool) -> None:
    assert ("ZZCOIN" in shipped().assets(title, ["ZZCOIN"])) is linked


@pytest.mark.parametrize("ticker", ["BEAT", "M", "FUN"])
def test_a_followed_coin_with_a_common_word_for_a_ticker_needs_a_cashtag(ticker: str) -> None:
    assert shipped().assets(f"Miners {ticker} the clock", [ticker]) == frozenset()
    assert shipped().assets(f"Miners add ${ticker}", [ticker]) == {ticker}
