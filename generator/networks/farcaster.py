"""Farcaster: a cast of 320 bytes of UTF-8; a long cast of 1024 by setting `limit`."""

from __future__ import annotations

from collections.abc import Mapping

from generator.networks.base import SHORT, Limits, Network, Option, options_of, shape, utf8


def network(options: Mapping[str, Option]) -> Network:
    given = options_of("farcaster", options, limit=320, **SHORT)
    limits = Limits(
        limit=given["limit"],
        unit="bytes",
        length=utf8,
        media=2,
        media_mode="url",
        threads=True,
        bare_links=True,
    )
    return Network(
        name="farcaster",
        title="Farcaster",
        limits=limits,
        compose="https://farcaster.xyz/~/compose?text=",
        **shape(given),
    )
