"""photoprep: a folder of product photos becomes pictures and mails that a customer can open.

    from photoprep import load_preset, prepare

    report = prepare(["Toolbox X100"], preset=load_preset("trade-email"))
    for photo in report.photos:
        print(photo)

Everything the command line does, it does through these names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from photoprep.version import __version__

if TYPE_CHECKING:
    from photoprep.errors import ExitCode, PhotoprepError
    from photoprep.pipeline import prepare
    from photoprep.preset import Preset
    from photoprep.preset_file import load_preset
    from photoprep.profile import SenderProfile, load_profile
    from photoprep.report import Report

__all__ = [
    "ExitCode",
    "PhotoprepError",
    "Preset",
    "Report",
    "SenderProfile",
    "__version__",
    "load_preset",
    "load_profile",
    "prepare",
]

_HOMES = {
    "ExitCode": "errors",
    "PhotoprepError": "errors",
    "Preset": "preset",
    "Report": "report",
    "SenderProfile": "profile",
    "load_preset": "preset_file",
    "load_profile": "profile",
    "prepare": "pipeline",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for (PEP 562).

    Workers and ``--version`` import this package too, and should not pay for pydantic or Pillow.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"photoprep.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
