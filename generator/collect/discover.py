"""Finding sources: modules of `generator.collect.sources`, and entry points of other packages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

from generator.collect.settings import VENUES, CollectSettings
from generator.errors import UsageError

GROUP = "commentary.sources"


def sources() -> Mapping[str, Any]:
    """Every source by its NAME: anything with NAME and `async def fetch(ctx)`."""
    import generator.collect.sources as package

    found: dict[str, Any] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if hasattr(module, "NAME") and hasattr(module, "fetch"):
            found[module.NAME] = module
    for point in entry_points(group=GROUP):
        try:
            module = point.load()
            found[module.NAME] = module
        except Exception as error:
            raise UsageError(
                f"source {point.name}", f"cannot be loaded: {error}",
                "Repair or uninstall the package that provides it.",
            ) from error  # fmt: skip
    return found


def chosen(settings: CollectSettings) -> list[Any]:
    """The sources of one run, venues first, in the configured order.

    A source that no setting lists (a new file, an entry point) runs: being there is its setting.
    Raises UsageError for a name that nothing provides.
    """
    known = sources()
    listed = (*settings.venues, *settings.aggregators, *settings.side)
    for name in listed:
        if name not in known:
            raise UsageError(
                f"collect: {name}", "there is no source of this name",
                f"Choose from: {', '.join(sorted(known))}.",
            )  # fmt: skip
    fixed = CollectSettings()
    optional = {*VENUES, *fixed.aggregators, *fixed.side}
    rest = [n for n in sorted(known) if n not in optional and n not in listed]
    if not settings.feeds and "headlines" in rest:
        rest.remove("headlines")
    return [known[n] for n in dict.fromkeys((*listed, *rest))]
