"""How far names as people write them are understood: 370 of them, labelled before the rules.

At the first try, which is the first version of the rules, written before anybody had looked at the
table, 229 of 370 were right in product, model, colour and view together (61.9%); each column by
itself 68.6%, 89.2%, 97.0% and 93.0%.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from photoprep.catalogue.explaining import explained
from photoprep.catalogue.understanding import understand
from photoprep.catalogue.vocabulary import Vocabulary, load_vocabulary
from photoprep.views import VIEWS
from tests.catalogue.names_table import Row, rows, share_right

WRONG = Path(__file__).parents[1] / "fixtures" / "names_wrong.txt"
KNOWN_WRONG = set(WRONG.read_text(encoding="utf-8").splitlines())
PHOTOS = Path(__file__).parents[3] / "shared" / "photos" / "products"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)
def test_a_name_is_taken_for_what_a_person_takes_it_for(row: Row, vocabulary: Vocabulary) -> None:
    """A row that gets right leaves the list of those known to be wrong, in the same change."""
    wrong = row.wrong(vocabulary)
    assert bool(wrong) == (row.name in KNOWN_WRONG), wrong


def test_the_share_that_is_right(vocabulary: Vocabulary) -> None:
    whole, each = share_right(vocabulary)
    assert whole == len(rows()) - len(KNOWN_WRONG) == 325
    assert (each["model"], each["colour"], each["view"]) >= (362, 369, 366)


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="needs the shared photos")
def test_every_real_product_photo_is_explained(vocabulary: Vocabulary) -> None:
    names = sorted(
        path.relative_to(PHOTOS).as_posix() for path in PHOTOS.rglob("*") if path.is_file()
    )
    assert len(names) == 36
    for file in understand(names, "products", vocabulary):
        folder = file.name.partition("/")[0]
        model = folder.removeprefix("magento-").upper()
        subject = file.subject
        assert subject.model == (model if folder.startswith("magento") else ""), file
        assert subject.view in VIEWS
        assert subject.colour, file
        reasons = explained(file)
        assert len(reasons) >= 2
        assert folder in reasons[0]
