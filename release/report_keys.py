"""Every key of report.json with its meaning, and an example that has each of them.

The kinds of values are read from two reports, a full one and a bare one, as ``Report.to_json``
makes them; so a key that comes, goes or becomes optional shows in the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from photoprep.mail_plans import MailPlan, MailPlans
from photoprep.outcome import Failed, Prepared, PreparedJpeg, Skipped, Subject
from photoprep.report import (
    Finding,
    Limits,
    MailedPhoto,
    Report,
    SheetCell,
    ShownProduct,
    ShownView,
    Squeeze,
    WrittenMail,
    WrittenSheet,
)

_SUBJECT = Subject("Toolbox", "X100", "open", "red", "200", "Lid", "40 cm")
_JPEG = PreparedJpeg(
    "photos/a.jpg",
    "",
    1,
    1,
    1,
    100,
    94.5,
    "4:4:4",
    1,
    1,
    1,
    colour_from="P3",
    removed=("position",),
)
_PLAN = MailPlan("fewest", (1,), (1,), 0, 0, 1, 94.5)
_CELL = SheetCell("a.heic", "Toolbox", "X100", 1, 1, 1, 1)
FULL = Report(
    "trade-email",
    Path(),
    (
        Prepared("a.heic", _SUBJECT, _JPEG),
        Failed("b.jpg", _SUBJECT, "damaged"),
        Skipped("c", "none"),
    ),
    (WrittenMail("a.eml", 1, 1, (MailedPhoto("a.jpg", "photos/a.jpg", 1, 94.5),), "A", "B"),),
    (WrittenSheet("s.jpg", "", 1, 1, 1, 100, 96.5, "", "", "", 1, 1, (_CELL,)),),
    (
        Finding("blurred", "warning", "It is.", "Do.", "Toolbox", "a.heic"),
        Finding("sheet-parted", "info", "It is."),
    ),
    rehearsed=True,
    taken_away=("old.jpg",),
    mail_plans=MailPlans(_PLAN, _PLAN, "wire", 1, 1, reordered=False),
    squeeze=Squeeze(2, 1, 1, 1.5, 1.5),
    products=(
        ShownProduct("T", "X", "", (ShownView("open", "a.heic", ""),), ("closed",), ("back",)),
    ),
    limits=Limits(1, 1, 1, 24.0),
)
BARE = Report("trade-email", Path(), ())

_NAMES = {
    "int": "whole number",
    "float": "number",
    "str": "text",
    "bool": "true or false",
    "dict": "object",
    "NoneType": "null",
}

KEYS = {
    "schema": "the number of this form; it changes when a key goes or means something else",
    "preset": "the preset's name",
    "customer": "the customer's number, as given",
    "date": "the date in names and letters, as in 2026-11-23",
    "limits": "what the preset allows at most",
    "limits.photo_max_bytes": "a photo's bytes",
    "limits.sheet_max_bytes": "a sheet's bytes",
    "limits.mail_max_bytes": "a mail's bytes, on the wire or of its files (`mail_plans.count`)",
    "limits.longest_side_cm": "the longest side, in centimetres",
    "findings[]": "what a careful colleague would say",
    "findings[].code": "stable, and for programs: [findings](findings.md)",
    "findings[].severity": "`error`, `warning` or `info`",
    "findings[].product": "the product that it is about",
    "findings[].source": "the file that it is about",
    "findings[].message": "one sentence, in the language of the run",
    "findings[].remedy": "what to do",
    "mails[]": "the drafts, in their order",
    "mails[].output": "the file, from the output folder",
    "mails[].subject": "its subject line",
    "mails[].text": "the letter as plain text",
    "mails[].wire_bytes": "its exact size on the wire",
    "mails[].raw_bytes": "the sum of its files",
    "mails[].attachments[]": "what is attached, in its order",
    "mails[].attachments[].filename": "its name in the mail",
    "mails[].attachments[].photo": "the photo or sheet in the output folder that it shows",
    "mails[].attachments[].bytes": "its size; smaller than the photo's where that saves a mail",
    "mails[].attachments[].quality": "its quality, 0 to 100",
    "mail_plans": "how the pictures could be divided: [mails](../mails.md)",
    "mail_plans.chosen": "`fewest` or `light`: the plan that was taken",
    "mail_plans.count": "`wire` or `raw`: of what the limits are",
    "mail_plans.limit_bytes": "no mail is above it",
    "mail_plans.preferred_bytes": "mails are below it where that can be",
    "mail_plans.reordered": "whether products could change places",
    "mail_plans.plans[]": "the plan that was taken, then the other",
    "mail_plans.plans[].prefer": "`fewest` or `light`",
    "mail_plans.plans[].mails": "how many mails",
    "mail_plans.plans[].at_least": "proven: there is no plan with fewer",
    "mail_plans.plans[].wire_bytes[]": "each mail's size on the wire",
    "mail_plans.plans[].raw_bytes[]": "each mail's files",
    "mail_plans.plans[].above_preferred": "how many are above the preferred size",
    "mail_plans.plans[].parted_products": "how many products are in more than one",
    "mail_plans.plans[].lowest_quality": "the lowest quality of its pictures",
    "squeeze": "what smaller versions of photos have saved: [squeeze](../squeeze.md)",
    "squeeze.mails_before": "how many mails it would have been",
    "squeeze.mails_after": "how many it is",
    "squeeze.photos": "how many photos have a smaller version",
    "squeeze.largest_loss": "the largest loss, in points of quality",
    "squeeze.mean_loss": "the mean loss of those",
    "products[]": "the products, as a customer will see them",
    "products[].name": "its name",
    "products[].model": "its model, or empty",
    "products[].size": "its size, or empty",
    "products[].views[]": "its pictures, in the order in which they are mailed",
    "products[].views[].view": "the kind of view: `closed`, `open`, `front` …",
    "products[].views[].source": "the file",
    "products[].views[].label": "what else is said of it",
    "products[].missing[]": "views that it must have and no picture shows",
    "products[].unclear[]": "views that a picture may show, though none says so",
    "photos[]": "every file that was found, in its order",
    "photos[].source": "the file, from the folder that was dropped",
    "photos[].output": "the finished photo, from the output folder",
    "photos[].status": "`prepared`, `reused`, `skipped` or `failed`",
    "photos[].bytes": "its size",
    "photos[].width_px": "its width",
    "photos[].height_px": "its height",
    "photos[].dpi": "its density",
    "photos[].quality": "its estimated quality, 0 to 100, near SSIMULACRA2's scale",
    "photos[].chroma_subsampling": "`4:4:4` or `4:2:0`",
    "photos[].source_bytes": "the original's size",
    "photos[].source_width_px": "the original's width, upright",
    "photos[].source_height_px": "the original's height, upright",
    "photos[].colour_from": "the colours that it was converted from; empty where it was sRGB",
    "photos[].removed[]": "what of the original's metadata stayed at home: `position` …",
    "photos[].product": "its product; null where it was skipped",
    "photos[].model": "the model",
    "photos[].view": "the view",
    "photos[].colour": "the colour",
    "photos[].size": "the product's size",
    "photos[].quantity": "the quantity",
    "photos[].label": "what else is said of it",
    "photos[].error": "why it was skipped or failed, and what to do",
    "sheets[]": "the pages of sheets",
    "sheets[].output": "the file, from the output folder",
    "sheets[].bytes": "its size",
    "sheets[].width_px": "its width",
    "sheets[].height_px": "its height",
    "sheets[].dpi": "its density",
    "sheets[].quality": "its quality, 0 to 100",
    "sheets[].page": "which page it is",
    "sheets[].pages": "of how many",
    "sheets[].cells[]": "the pictures on it",
    "sheets[].cells[].source": "the file",
    "sheets[].cells[].product": "its product",
    "sheets[].cells[].caption": "what stands below it",
    "sheets[].cells[].x_px": "where it begins, from the left",
    "sheets[].cells[].y_px": "where it begins, from the top",
    "sheets[].cells[].width_px": "how wide it is shown",
    "sheets[].cells[].height_px": "how high it is shown",
    "dry_run": "true; in a rehearsal alone",
    "taken_away[]": "outputs of earlier runs that would go; in a rehearsal alone",
}


def kinds_of_values() -> dict[str, str]:
    """Every key's path, as in ``photos[].bytes``, and what its value is."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for report in (FULL, BARE):
        for path, value in _walk("", report.to_json()):
            found[path].setdefault(_NAMES[type(value).__name__])
    for path in [path for path in found if f"{path}[]" in found]:
        found[f"{path}[]"] |= found.pop(path)  # a list, or nothing in its place
    return {path: " or ".join(sorted(kinds, key="null".__eq__)) for path, kinds in found.items()}


def _walk(path: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, list):
        for each in value:
            yield from _walk(f"{path}[]", each)
        return
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _walk(f"{path}.{key}" if path else key, below)
