"""Binance Square: a plain text with hashtags, and no address that leads outside.

Its interface answers 20013 to a text that is too long without saying how long it may be; `limit`
is a caution, not a fact. It answers 20041 to an address that it does not trust, so none goes out.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.networks.base import Limits, Network, Option, graphemes, options_of


def network(options: Mapping[str, Option]) -> Network:
    given = options_of("binance_square", options, form="article", limit=3500)
    limits = Limits(
        limit=given["limit"],
        unit="characters",
        length=graphemes,
        links=0,
        bare_links=True,
    )
    return Network(
        name="binance_square",
        title="Binance Square",
        limits=limits,
        form=given["form"],
        forms=("article", "brief", "post"),
        linked=("hashtag", "cashtag"),
    )
