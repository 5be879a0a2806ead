"""What the tests of manifests share: a small vocabulary of views, and short ways to read one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from photoprep.catalogue.found import FoundFile
from photoprep.catalogue.manifest.rows import Manifest, read_manifest
from photoprep.files import FileStamp
from photoprep.report import Finding

_WORDS = {
    "lid shut": "closed",
    "合上": "closed",
    "展开": "open",
    "rear": "back",
    "spares": "accessory",
}
STAMP = FileStamp(1, 2, 3, 4)


def view_of(text: str) -> str:
    """As the vocabulary of file names answers."""
    return _WORDS.get(text.lower(), "unknown")


def read(data: bytes | str, name: str = "products.csv") -> Manifest:
    return read_manifest(name, data.encode() if isinstance(data, str) else data, view_of)


def codes(findings: Iterable[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def found(*names: str) -> list[FoundFile]:
    return [FoundFile(Path("/photos") / name, name, STAMP) for name in names]


CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType=
"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType=
"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType=
"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>
</Types>"""
WORKBOOK = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="清单" sheetId="1" r:id="rId1"/></sheets></workbook>"""
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELS = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>"""
WORKBOOK_RELS = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>
</Relationships>"""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(rows: str, *, strings: str = "", more: str = "", **parts: str) -> bytes:
    """A workbook as a program without openpyxl writes it: its XML by hand, no styles at all.

    ``rows`` is what stands within ``sheetData``, ``more`` what follows it; ``parts`` adds to the
    package (``__`` for a slash) or takes the place of a part.
    """
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{more}</worksheet>'
    content = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": PACKAGE_RELS,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": WORKBOOK_RELS,
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
    } | {name.replace("__", "/") + ".xml": text for name, text in parts.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return made.getvalue()
