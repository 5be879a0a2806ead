"""A report in which every text that comes from outside is hostile."""

from __future__ import annotations

import os
from dataclasses import replace

from photoprep.outcome import Failed, Prepared, Reused, Skipped, Subject
from photoprep.report import Finding, Report
from tests.proof.drawn_reports import drawn_report

SCRIPT = "<script>window.pwned=1;alert(1)</script>"
IMAGE = '"><img src=x onerror=window.pwned=2>'
HANDLER = "' onmouseover='window.pwned=3' onfocus='window.pwned=3' x='"
ADDRESS = "javascript:window.pwned=4"
TEMPLATE = "{{ 7 * 7 }}{% raw %}{count} %s %n"
CLOSING = "</title></style></textarea></script><svg onload=window.pwned=5>"
ENTITY = "&amp;lt; &#60;script&#62; &quot;"
OVERRIDE = "exe\u202egpj.\u2066left open\u2067"
BREAKING_OUT = "\u2069\u2069\u202egnp."
EMOJI = "👩\u200d🔧🧰"
CONTROLS = "bell\x07 escape\x1b[31m tab\there\x7f\x85"
RIGHT_TO_LEFT = "צבת 12 (34)"
WELL_MARKED = "\u2067צבת\u2069 12"
NO_TEXT = "broken\udcff\udc80name"
TEXTS = (
    *(SCRIPT, IMAGE, HANDLER, ADDRESS, TEMPLATE, CLOSING),
    *(ENTITY, OVERRIDE, BREAKING_OUT, EMOJI, CONTROLS, RIGHT_TO_LEFT, WELL_MARKED, NO_TEXT),
)
# The folder that the page lies in, whose name it says too.
FOLDER = (SCRIPT + IMAGE + OVERRIDE).replace("/", "_")
# What may stand in a file's name on Linux; the last fills the 255 bytes of one to the end.
FILES = (
    *("100%.jpg", "a#photo-1.jpg", "what?.jpg", "x&amp;y.jpg", " two  spaces .jpg"),
    *("back\\slash.jpg", "javascript:alert(1).jpg", "quote\"'.jpg", "a%2e%2e%2fb.jpg"),
    *("צבת 12.jpg", "exe\u202egpj.jpg"),
    *(f"{EMOJI}.jpg", "broken\udcff.jpg", "工" * 83 + "xy.jpg"),
)


def hostile_report() -> Report:
    """As many photos as there are hostile texts, each text in every place of one of them."""
    whole = drawn_report(len(TEXTS), sheets=2)
    ready = tuple(_photo(*each) for each in zip(whole.ready, TEXTS, FILES, strict=True))
    outputs = {
        old.jpeg.output: new.jpeg.output for old, new in zip(whole.ready, ready, strict=True)
    }
    sources = {old.source: new.source for old, new in zip(whole.ready, ready, strict=True)}
    renamed = zip(whole.mails, TEXTS, FILES, strict=False)
    return replace(
        whole,
        preset=IMAGE,
        customer=SCRIPT,
        photos=(
            *ready,
            *(Failed(text, Subject("", "", "unknown"), text, text) for text in TEXTS),
            *(Skipped(text, text, text) for text in TEXTS),
        ),
        mails=tuple(
            replace(
                mail,
                output=f"mails/{file}.eml" if len(os.fsencode(file)) < 200 else mail.output,
                subject=text,
                text="\n".join(TEXTS),
                attachments=tuple(
                    replace(item, filename=text, photo=outputs[item.photo])
                    for item in mail.attachments
                ),
            )
            for mail, text, file in renamed
        ),
        sheets=tuple(replace(sheet, product=SCRIPT, model=OVERRIDE) for sheet in whole.sheets),
        findings=tuple(
            Finding(text, severity, text, text, text, ready[at].source)
            for at, text in enumerate(TEXTS)
            for severity in ("error", "warning", "info")
        ),
        products=tuple(
            replace(
                product,
                name=text,
                model=text,
                views=tuple(
                    replace(v, source=sources[v.source], label=text) for v in product.views
                ),
            )
            for product, text in zip(whole.products, TEXTS, strict=False)
        ),
    )


def _photo(photo: Prepared | Reused, text: str, file: str) -> Prepared:
    jpeg = replace(photo.jpeg, output=f"photos/{file}", colour_from=text)
    jpeg = replace(jpeg, preview=f".photoprep/previews/{file}")
    return Prepared(text, Subject(text, text, photo.subject.view, text, "", text, text), jpeg)
