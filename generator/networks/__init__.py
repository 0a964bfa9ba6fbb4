"""Networks: one file each, with its limits, its way of counting and what it refuses.

Other packages add theirs by an entry point of the group `commentary.networks`: its name is the
network's, and it loads a function like the `network` of the modules here.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache

from generator.coerce import did_you_mean
from generator.errors import UsageError
from generator.networks.base import Network, Option

GROUP = "commentary.networks"
Maker = Callable[[Mapping[str, Option]], Network]


def names() -> tuple[str, ...]:
    """Every network there is, sorted."""
    own = (info.name for info in pkgutil.iter_modules(__path__))
    return tuple(sorted({*(n for n in own if _own(n) is not None), *_foreign()}))


def named(name: str, options: Mapping[str, Option] | None = None) -> Network:
    """A network with its settings. Raises UsageError for one that does not exist."""
    maker = _own(name) or _foreign().get(name)
    if maker is None:
        raise UsageError(name, "is no network", did_you_mean(name, names()))
    return maker(options or {})


def module_of(name: str) -> str:
    """The module that a network is defined in. Raises UsageError for one that does not exist."""
    maker = _own(name) or _foreign().get(name)
    if maker is None:
        raise UsageError(name, "is no network", did_you_mean(name, names()))
    return maker.__module__


@cache
def _own(name: str) -> Maker | None:
    """The `network` function of a module of this package; None where it has none."""
    if not name.isidentifier():
        return None
    try:
        module = importlib.import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{name}":
            raise
        return None
    maker: Maker | None = getattr(module, "network", None)
    return maker


@cache
def _foreign() -> Mapping[str, Maker]:
    from importlib.metadata import entry_points

    found: dict[str, Maker] = {}
    for point in entry_points(group=GROUP):
        try:
            found[point.name] = point.load()
        except Exception as error:  # another's package: whatever it raises, it is named
            raise UsageError(
                f"network {point.name}",
                f"cannot be loaded: {error}",
                "Repair or uninstall the package that provides it.",
            ) from error
    return found
