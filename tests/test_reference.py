"""The pages of docs/reference: up to date, and of everything that there is."""

from __future__ import annotations

import json

import pytest

from release.finding_codes import FINDINGS, codes_in_source
from release.reference import FOLDER, pages
from release.report_keys import FULL, KEYS, kinds_of_values


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_page_is_that_of_the_code_as_it_is(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == pages()[name], "run: python -m release.reference"


def test_no_page_is_left_over() -> None:
    assert {page.name for page in FOLDER.iterdir()} == set(pages())


def test_every_finding_has_its_sentence_and_its_severities() -> None:
    told = {code: row for codes in FINDINGS.values() for code, row in codes.items()}
    assert sum(map(len, FINDINGS.values())) == len(told)
    found = codes_in_source()
    assert set(told) == set(found)
    for code, severities in found.items():
        assert severities <= set(told[code][0].split(", ")), code


def test_every_key_of_the_report_has_its_meaning() -> None:
    assert set(kinds_of_values()) == set(KEYS)
    json.dumps(FULL.to_json())
