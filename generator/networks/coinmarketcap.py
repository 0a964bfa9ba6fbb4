"""CoinMarketCap Community: posts about coins, cashtags linked to their pages.

There is no public interface to post by, so the text is for a person to paste. Its limit is not
documented: `limit` is a caution, not a fact.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.networks.base import Limits, Network, Option, graphemes, options_of


def network(options: Mapping[str, Option]) -> Network:
    given = options_of("coinmarketcap", options, form="brief", limit=2000)
    limits = Limits(
        limit=given["limit"],
        unit="characters",
        length=graphemes,
        media=4,
        media_mode="upload",
        bare_links=True,
    )
    return Network(
        name="coinmarketcap",
        title="CoinMarketCap Community",
        limits=limits,
        form=given["form"],
        forms=("brief", "article", "post"),
        linked=("hashtag", "cashtag"),
    )
