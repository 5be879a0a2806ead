"""The plug-ins that are installed: which there are, what they say of themselves, which are broken.

Names and versions are known without loading any. What one says of itself is loaded when a file
comes that photoprep does not read, or when somebody asks; what works, where it works.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from photoprep.installed import DECODERS, PluginEntry, plugin_entries
from photoprep.language import Sentence, say
from photoprep.plugins import API_VERSION, Decoder, Delivery


@dataclass(frozen=True, slots=True)
class DecoderPlugin:
    """A plug-in that reads a format, and what it says of it."""

    entry: PluginEntry
    decoder: Decoder

    @property
    def plugin(self) -> str:
        """The distribution with its version."""
        return self.entry.plugin


@dataclass(frozen=True, slots=True)
class DeliveryPlugin:
    """A plug-in that delivers to a target, and what it says of it."""

    entry: PluginEntry
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Broken:
    """A plug-in that cannot be used, and why."""

    entry: PluginEntry
    reason: str


Introduced = DecoderPlugin | DeliveryPlugin | Broken


def plugged_decoders() -> tuple[DecoderPlugin, ...]:
    """What decodes beside photoprep itself, in the order in which it is asked."""
    return tuple(each for each in introduced(DECODERS) if isinstance(each, DecoderPlugin))


def broken_decoders() -> tuple[Broken, ...]:
    """The decoders that cannot be used; they are loaded for that, where there are any."""
    return tuple(each for each in introduced(DECODERS) if isinstance(each, Broken))


def introduced(group: str) -> tuple[Introduced, ...]:
    """What the plug-ins of a group say of themselves, or why they cannot."""
    return tuple(map(_introduced, plugin_entries(group)))


def loaded(reference: str) -> Any:
    """What ``module:attribute`` names; raises whatever its module raises."""
    module, _, attributes = reference.partition(":")
    found: Any = import_module(module)
    for attribute in filter(None, attributes.split(".")):
        found = getattr(found, attribute)
    return found


def in_words(error: BaseException) -> str:
    """What an error of a plug-in says, on one line and not without end; or one of ours about it."""
    if error.args and isinstance(error.args[0], Sentence):
        return error.args[0]
    said = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


@lru_cache(maxsize=64)
def _introduced(entry: PluginEntry) -> Introduced:
    wanted = Decoder if entry.group == DECODERS else Delivery
    try:
        told = loaded(entry.value)
    except (Exception, SystemExit) as error:  # noqa: BLE001 (a plug-in may raise anything)
        return Broken(entry, in_words(error))
    if not isinstance(told, wanted):
        return Broken(
            entry,
            say(
                "{value} is no {wanted} of photoprep.plugins",
                value=entry.value,
                wanted=wanted.__name__,
            ),
        )
    if told.api_version != API_VERSION:
        return Broken(
            entry,
            say(
                "it is written for version {its} of the interface, and this photoprep has version "
                "{ours}",
                its=str(told.api_version),
                ours=API_VERSION,
            ),
        )
    if isinstance(told, Decoder):
        return DecoderPlugin(entry, told)
    return DeliveryPlugin(entry, told)
