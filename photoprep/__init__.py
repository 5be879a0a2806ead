"""photoprep: a folder of product photos becomes pictures and mails that a customer can open.

    from photoprep import load_profile, prepare

    if __name__ == "__main__":  # worker processes import this file
        report = prepare("Toolbox X100", profile=load_profile())
        for photo in report.photos:
            print(photo.source, photo.status)

What ``__all__`` lists is the public interface, all of it: docs/api.md tells of it with examples,
and what may change and what stays. Plug-ins have ``photoprep.plugins`` besides. Whatever is
imported from elsewhere in the package may be another thing tomorrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from photoprep.version import __version__

if TYPE_CHECKING:
    from photoprep.checked import Check, CheckedPhoto, NamedPicture, NamedPictures
    from photoprep.checking import check, name_pictures
    from photoprep.composite import Composite, CompositeFile, make_composite
    from photoprep.errors import (
        CannotWriteError,
        ExitCode,
        NoPhotosError,
        NothingPreparedError,
        OutputBusyError,
        PhotoError,
        PhotoprepError,
        PresetError,
        UsageError,
    )
    from photoprep.language import in_language
    from photoprep.mail_plans import MailPlan, MailPlans
    from photoprep.outcome import (
        Failed,
        Note,
        PhotoOutcome,
        Prepared,
        PreparedJpeg,
        Reused,
        Skipped,
        Subject,
    )
    from photoprep.pipeline import prepare
    from photoprep.preset import LetterSpec, MailSpec, NamesSpec, PhotoSpec, Preset, SheetSpec
    from photoprep.preset_file import load_preset, preset_names
    from photoprep.profile import SenderProfile, load_profile, save_profile
    from photoprep.report import (
        Finding,
        Limits,
        MailedPhoto,
        Published,
        Report,
        SheetCell,
        ShownProduct,
        ShownView,
        Squeeze,
        WrittenMail,
        WrittenSheet,
    )

# Which module each public name lives in.
_HOMES = {
    "checked": ("Check", "CheckedPhoto", "NamedPicture", "NamedPictures"),
    "checking": ("check", "name_pictures"),
    "composite": ("Composite", "CompositeFile", "make_composite"),
    "errors": (
        "CannotWriteError",
        "ExitCode",
        "NoPhotosError",
        "NothingPreparedError",
        "OutputBusyError",
        "PhotoError",
        "PhotoprepError",
        "PresetError",
        "UsageError",
    ),
    "language": ("in_language",),
    "mail_plans": ("MailPlan", "MailPlans"),
    "outcome": (
        "Failed",
        "Note",
        "PhotoOutcome",
        "Prepared",
        "PreparedJpeg",
        "Published",
        "Reused",
        "Skipped",
        "Subject",
    ),
    "pipeline": ("prepare",),
    "preset": ("LetterSpec", "MailSpec", "NamesSpec", "PhotoSpec", "Preset", "SheetSpec"),
    "preset_file": ("load_preset", "preset_names"),
    "profile": ("SenderProfile", "load_profile", "save_profile"),
    "report": (
        "Finding",
        "Limits",
        "MailedPhoto",
        "Published",
        "Report",
        "SheetCell",
        "ShownProduct",
        "ShownView",
        "Squeeze",
        "WrittenMail",
        "WrittenSheet",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "CannotWriteError",
    "Check",
    "CheckedPhoto",
    "Composite",
    "CompositeFile",
    "ExitCode",
    "Failed",
    "Finding",
    "LetterSpec",
    "Limits",
    "MailPlan",
    "MailPlans",
    "MailSpec",
    "MailedPhoto",
    "NamedPicture",
    "NamedPictures",
    "NamesSpec",
    "NoPhotosError",
    "Note",
    "NothingPreparedError",
    "OutputBusyError",
    "PhotoError",
    "PhotoOutcome",
    "PhotoSpec",
    "PhotoprepError",
    "Prepared",
    "PreparedJpeg",
    "Preset",
    "PresetError",
    "Published",
    "Report",
    "Reused",
    "SenderProfile",
    "SheetCell",
    "SheetSpec",
    "ShownProduct",
    "ShownView",
    "Skipped",
    "Squeeze",
    "Subject",
    "UsageError",
    "WrittenMail",
    "WrittenSheet",
    "__version__",
    "check",
    "in_language",
    "load_preset",
    "load_profile",
    "make_composite",
    "name_pictures",
    "prepare",
    "preset_names",
    "save_profile",
]


if not TYPE_CHECKING:  # who checks types shall see the names above and no others

    def __getattr__(name: str) -> object:
        """Import a public name when it is first asked for (PEP 562).

        Workers and ``--version`` import this package too, and should not pay for pydantic or
        Pillow.
        """
        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value: object = getattr(import_module(f"photoprep.{_HOME_OF[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """The public names, whether or not they have been asked for (PEP 562)."""
    return __all__
