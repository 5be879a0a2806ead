"""Arguments and options that several commands have."""

from __future__ import annotations

import os
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from photoprep.cli_complete import preset_names

Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="Folders and files with photos, or s3://bucket/place."),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Where to put the results. (default: NAME-prepared)"),
]
# As text, because a path is no address.
OutOrAddressOption = Annotated[
    str | None,
    typer.Option(
        "--out",
        metavar="DIR|ADDRESS",
        help="Where to put the results, also s3://bucket/place. (default: NAME-prepared)",
    ),
]
PresetOption = Annotated[
    str,
    typer.Option(
        "--preset", metavar="NAME|FILE", help="The rules to follow.", autocompletion=preset_names
    ),
]
CustomerOption = Annotated[
    str, typer.Option(metavar="C0123", help="The customer's number, for names and letters.")
]
ContactOption = Annotated[
    str,
    typer.Option("--contact", metavar="NAME", help='Who is addressed, such as "Mr Smith".'),
]
EnquiryOption = Annotated[
    str,
    typer.Option(
        "--enquiry",
        metavar="FILE.eml|MESSAGE-ID",
        help="The customer's mail that is answered: saved as a file, or its Message-ID.",
    ),
]
DateOption = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="The date in names and letters. (default: that of the first run)",
    ),
]


class AnySheet(StrEnum):
    """What ``--sheet`` takes."""

    OVERVIEW = "overview"
    PER_PRODUCT = "per-product"
    NONE = "none"


SheetOption = Annotated[
    AnySheet | None,
    typer.Option(
        "--sheet",
        metavar="overview|per-product|none",
        help="Which sheets of several pictures to make. (default: those of the preset)",
    ),
]


class Mails(StrEnum):
    """What ``--mails`` takes."""

    FEWEST = "fewest"
    LIGHT = "light"


MailsOption = Annotated[
    Mails | None,
    typer.Option(
        "--mails",
        metavar="fewest|light",
        help="As few mails as can be, or none above the preferred size. (default: the preset's)",
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option("--jobs", metavar="N", min=1, help="Workers at once. (default: one a core)"),
]
ClusterOption = Annotated[
    str,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="Make the photos on a Dask cluster, such as tcp://scheduler:8786.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
OpenOption = Annotated[
    bool, typer.Option("--open", help="Show the page (report.html) when all is done.")
]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="End with 3 when something wants to be done.")
]


def from_anywhere(preset: str) -> str:
    """What chooses the same preset wherever a process starts: a name, or a file's absolute path."""
    from photoprep.files import at_home

    if Path(preset).name == preset and Path(preset).suffix != ".toml":
        return preset
    return os.path.abspath(at_home(preset))  # noqa: PTH100 (resolve() would follow links)
