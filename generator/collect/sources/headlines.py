"""Headlines from RSS and Atom feeds, each feed on its own: one that fails costs only itself."""

from __future__ import annotations

import asyncio

from generator.collect.context import Context
from generator.collect.faults import Fault, SourceFault
from generator.collect.feeds import parse

NAME = "headlines"
MOST_BYTES = 2_000_000


async def fetch(ctx: Context) -> None:
    async def one(name: str, url: str) -> bool:
        try:
            answer = await ctx.ask(name, lambda: ctx.get(url, most=MOST_BYTES))
            # In a thread: a feed of two megabytes must not keep the venues waiting.
            found = await asyncio.to_thread(parse, answer.data, name, answer.received)
        except SourceFault as fault:
            ctx.note(f"{name}: {fault.fault.reason}")
            return False
        if found is None:
            ctx.note(f"{name}: not a feed")
            return False
        ctx.headlines += found
        return True

    answered = await asyncio.gather(*(one(n, u) for n, u in ctx.settings.feeds))
    # one order whatever the order of arrival: newest first, undated last
    ctx.headlines.sort(key=lambda h: (-(h.published_at or 0), h.source, h.url, h.title))
    if not any(answered):
        reasons = "; ".join(ctx.notes) or "no feeds are configured"
        raise SourceFault(Fault("failed", reasons))
