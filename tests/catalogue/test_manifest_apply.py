"""What a manifest says of the pictures found, and what is odd between the two."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from photoprep.catalogue.manifest.applying import applied
from photoprep.catalogue.manifest.products import products_in
from photoprep.outcome import Subject
from photoprep.report import Finding
from tests.catalogue.manifests import codes, found, read

PLAIN = Subject("Photo", "", "unknown")


def apply(
    text: str, *names: str, told: Mapping[str, Subject] | None = None, more: Sequence[str] = ()
) -> tuple[dict[str, Subject], list[Finding]]:
    understood = dict.fromkeys(names, PLAIN) | dict(told or {})
    files = found(*understood, *more, "products.csv")
    manifest = read(text)
    assert manifest.findings == ()
    subjects, findings = applied(files, manifest, understood)
    assert list(subjects) == list(understood)
    return subjects, list(findings)


def test_cells_win_over_names_and_empty_ones_say_nothing() -> None:
    told = Subject("Toolbox", "X1", "open", "red", "5", "old")
    subjects, findings = apply(
        "file,product,model,qty,view,colour,caption\na.jpg,Case,,200,closed,,Lid shut\n",
        told={"a.jpg": told},
    )
    assert subjects == {"a.jpg": Subject("Case", "X1", "closed", "red", "200", "Lid shut")}
    assert findings == []


@pytest.mark.parametrize(
    ("cell", "name", "code"),
    [
        ("b/Lid open.jpg", "b/Lid open.jpg", None),
        ("./b/Lid open.jpg", "b/Lid open.jpg", None),
        ("b\\Lid open.jpg", "b/Lid open.jpg", None),
        ("b/Lid open", "b/Lid open.jpg", None),
        ("Lid open.jpg", "b/Lid open.jpg", None),
        ("Lid open", "b/Lid open.jpg", None),
        ("  Lid open.jpg ", "b/Lid open.jpg", None),
        ("LID OPEN.JPG", "b/Lid open.jpg", "manifest-file-inexact"),
        ("lid open", "b/Lid open.jpg", "manifest-file-inexact"),
        ("B/lid  open.jpg", "b/Lid open.jpg", "manifest-file-inexact"),
        (unicodedata.normalize("NFD", "Größe.jpg"), "Größe.jpg", "manifest-file-inexact"),
        ("C:\\Fotos\\2026\\b\\Lid open.jpg", "b/Lid open.jpg", "manifest-file-inexact"),
        ("file:///home/me/Größe.jpg", "Größe.jpg", "manifest-file-inexact"),
        ("[1] top?.jpg", "[1] top!.jpg", None),
    ],
)
def test_a_file_is_found_as_people_write_it(cell: str, name: str, code: str | None) -> None:
    names = ["a.jpg", "b/Lid open.jpg", "Größe.jpg", "[1] top!.jpg"]
    subjects, findings = apply(f"file,product\na.jpg,A\n{cell},Found\n", *names)
    assert [other for other in names if subjects[other].product == "Found"] == [name]
    told = [finding for finding in findings if finding.code != "manifest-file-unlisted"]
    assert codes(told) == ([code] if code else [])
    assert all(finding.message.startswith("Line 3: ") for finding in told)


def test_patterns_folders_and_lists_name_several_files() -> None:
    names = ["X100 a.jpg", "X100 b.png", "y/c.jpg", "y/z/d.jpg", "e.jpg", "f, g.jpg"]
    for cell, meant in (
        ("X100*", names[:2]),
        ("x100*.jpg", names[:1]),
        ("y/", names[2:4]),
        ("y", names[2:4]),
        ("y/*.jpg", names[2:4]),
        ("?.jpg", names[2:5]),
        ('"e.jpg\nX100 a.jpg"', [names[0], names[4]]),
        ("e.jpg; d.jpg", names[3:5]),
        ("e.jpg、d.jpg", names[3:5]),
        ('"e.jpg, d.jpg"', names[3:5]),
        ('"f, g.jpg"', names[5:]),
    ):
        subjects, _ = apply(f"file,product\n{cell},Found\n", *names)
        assert [name for name in names if subjects[name].product == "Found"] == meant, cell


def test_a_row_that_names_a_file_knows_more_than_a_pattern() -> None:
    subjects, findings = apply("file,product,qty\n*.jpg,Box,5\na.jpg,Case,\n", "a.jpg", "b.jpg")
    assert [subjects[name].product for name in subjects] == ["Case", "Box"]
    assert subjects["a.jpg"].quantity == "5"
    assert findings == []


def test_a_pattern_that_would_take_forever_elsewhere_ends() -> None:
    _, findings = apply(f"file,product\n{'*a' * 30}*b,Box\n", "a" * 60 + ".jpg")
    assert codes(findings)[0] == "manifest-file-missing"


def test_what_could_be_several_files_is_none_unless_the_product_tells() -> None:
    names = {
        "Box X1/IMG_1.jpg": Subject("Box", "X1", "unknown"),
        "Lamp T7/IMG_1.jpg": Subject("Lamp", "T7", "unknown"),
    }
    subjects, findings = apply("file,view\nIMG_1.jpg,open\n", told=names)
    assert subjects == names
    assert codes(findings)[0] == "manifest-file-ambiguous"
    assert findings[0].message.endswith("any of 2 files: Box X1/IMG_1.jpg, Lamp T7/IMG_1.jpg.")
    subjects, findings = apply("file,model,view\nIMG_1.jpg,T7,open\n", told=names)
    assert [subject.view for subject in subjects.values()] == ["unknown", "open"]


def test_of_many_that_it_could_be_three_are_named() -> None:
    names = [f"{folder}/IMG_1.jpg" for folder in "abcde"]
    _, findings = apply("file,view\nIMG_1.jpg,open\n", *names)
    assert findings[0].message.endswith(": a/IMG_1.jpg, b/IMG_1.jpg, c/IMG_1.jpg and 2 more.")


def test_missing_files_are_told_with_the_nearest_name() -> None:
    _, findings = apply(
        "file,product\nX100 opne.jpg,Box\nnotes.pdf,Box\nnothing.jpg,Box\n",
        "X100 open.jpg",
        more=["notes.pdf"],
    )
    missing = [finding for finding in findings if finding.code == "manifest-file-missing"]
    assert [finding.message for finding in missing] == [
        "Line 2: there is no file “X100 opne.jpg”.",
        "Line 3: “notes.pdf” is there, but it is no picture.",
        "Line 4: there is no file “nothing.jpg”.",
    ]
    assert [finding.hint for finding in missing] == ["X100 open.jpg is there: is it meant?", "", ""]
    assert {finding.severity for finding in missing} == {"warning"}


def test_many_missing_and_many_unlisted_files_are_counted() -> None:
    rows = "".join(f"gone{n}.jpg,B\n" for n in range(25))
    _, findings = apply(f"file,product\n{rows}", *(f"x{n}.png" for n in range(23)))
    assert codes(findings).count("manifest-file-missing") == 21
    assert codes(findings).count("manifest-file-unlisted") == 21
    told = {finding.message for finding in findings}
    assert "5 further files of the list are not there." in told
    assert "3 further pictures are in no row of the list." in told


def test_many_findings_of_one_kind_are_counted() -> None:
    _, findings = apply("model\n" + "".join(f"M{n}\n" for n in range(50)), told=BOX)
    assert len(findings) == 21
    assert findings[-1].message == "30 further findings of this kind."
    views = read("file,view\n" + "".join(f"{n}.jpg,nonsense\n" for n in range(22))).findings
    assert len(views) == 21
    assert len(read("file,view\n" + "".join(f"{n}.jpg,?\n" for n in range(21))).findings) == 21


def test_pictures_in_no_row_are_told_only_of_a_list_of_files() -> None:
    subjects = {"a.jpg": PLAIN, "b.jpg": Subject("Box", "X1", "open"), "c.jpg": PLAIN}
    _, findings = apply("file,model,qty\na.jpg,X2,\n,X1,5\n", told=subjects)
    assert [(f.code, f.source) for f in findings] == [("manifest-file-unlisted", "c.jpg")]
    _, findings = apply("model,qty\nX1,5\n", told=subjects)
    assert findings == []


def test_a_file_in_two_rows_is_told_and_the_first_counts() -> None:
    subjects, findings = apply("file,product,qty\na.jpg,Box,\na.jpg,Case,5\n", "a.jpg")
    assert subjects["a.jpg"] == replace(PLAIN, product="Box", quantity="5")
    twice = next(finding for finding in findings if finding.code == "manifest-file-twice")
    assert "Line 3" in twice.message
    assert "line 2" in twice.message


BOX = {
    "x1 open.jpg": Subject("Box", "X1", "open", "red"),
    "x1 blue.jpg": Subject("Box", "X1", "closed", "blue"),
    "x1 strap.jpg": Subject("Box", "X1", "accessory", label="Strap"),
    "lamp.jpg": Subject("Lamp", "", "front"),
}


def test_a_row_without_a_file_speaks_of_the_whole_product() -> None:
    subjects, findings = apply(
        "product,model,qty,caption,kind\nTool box,x-1,200,For travel,cases\nLAMP,,7,,\n", told=BOX
    )
    assert subjects == {
        "x1 open.jpg": Subject("Tool box", "X1", "open", "red", "200", "For travel"),
        "x1 blue.jpg": Subject("Tool box", "X1", "closed", "blue", "200", "For travel"),
        "x1 strap.jpg": Subject("Tool box", "X1", "accessory", label="Strap"),
        "lamp.jpg": Subject("LAMP", "", "front", quantity="7"),
    }
    assert findings == []


def test_a_row_with_a_colour_or_a_view_speaks_of_what_has_it() -> None:
    subjects, findings = apply(
        "model,colour,view,qty,caption\nX1,,,200,All\nX1,blue,,50,\nX1,,open,,Lid open\n", told=BOX
    )
    assert [subject.quantity for subject in subjects.values()] == ["200", "50", "", ""]
    assert subjects["x1 open.jpg"].label == "Lid open"
    assert findings == []


def test_a_product_without_a_model_in_its_names_gets_it_from_the_list() -> None:
    told = {"box.jpg": Subject("Box", "", "open"), "X1 open.jpg": Subject("X1", "", "open")}
    subjects, _ = apply("product,model,qty\nBox,X1,5\n", told=told)
    assert set(subjects.values()) == {Subject("Box", "X1", "open", quantity="5")}
    subjects, _ = apply(
        "product,model,qty\nBox,X1,5\nBox,X2,6\n", told={"box.jpg": told["box.jpg"]}
    )
    assert subjects["box.jpg"] == told["box.jpg"]  # which of the two, nobody said


def test_a_picture_listed_by_its_model_inherits_the_product() -> None:
    subjects, _ = apply(
        "file,product,model,qty\na.jpg,,X1,\nb.jpg,Box,X1,\n,Box,X1,9\n", "a.jpg", "b.jpg"
    )
    assert subjects["a.jpg"] == Subject("Box", "X1", "unknown", quantity="9")


@pytest.mark.parametrize(
    ("included", "view", "becomes"),
    [
        ("no", "accessory", "accessory-not-included"),
        ("yes", "accessory", "accessory"),
        ("yes", "accessory-not-included", "accessory"),
        ("", "accessory-not-included", "accessory-not-included"),
        ("yes", "open", "open"),
    ],
)
def test_included_or_not_parts_accessories(included: str, view: str, becomes: str) -> None:
    told = {"a.jpg": Subject("Box", "X1", view)}
    subjects, findings = apply(f"file,included\na.jpg,{included}\n", told=told)
    assert (subjects["a.jpg"].view, findings) == (becomes, [])
    subjects, _ = apply(f"model,included\nX1,{included}\n", told=told)
    assert subjects["a.jpg"].view == becomes


def test_only_accessories_can_be_left_out() -> None:
    subjects, findings = apply("file,view,included\na.jpg,open,no\n", "a.jpg")
    assert subjects["a.jpg"].view == "open"
    assert codes(findings) == ["manifest-value"]


def test_several_accessories_without_files_are_told_apart_by_their_captions() -> None:
    told = {
        "strap.jpg": Subject("Box", "X1", "accessory", label="Strap"),
        "X1 charger.jpg": Subject("Box", "X1", "accessory"),
        "other.jpg": Subject("Box", "X1", "accessory"),
    }
    subjects, _ = apply(
        "model,view,caption,qty,included\nX1,accessory,Strap,1,yes\nX1,accessory,Charger,2,no\n",
        told=told,
    )
    assert [(s.view, s.label, s.quantity) for s in subjects.values()] == [
        ("accessory", "Strap", "1"),
        ("accessory-not-included", "Charger", "2"),
        ("accessory", "", ""),
    ]


def test_a_model_of_two_products_is_told_with_both_lines() -> None:
    _, findings = apply("product,model\nBox,X1\nbox,X-1\nCase,X1\n", told=BOX)
    assert codes(findings) == ["manifest-model-doubled"]
    assert findings[0].message == "Line 4: the model X1 is Case here, but Box in line 2."


def test_contradictions_about_a_product_are_told_with_both_lines() -> None:
    _, findings = apply(
        "model,qty,kind,colour,view\nX1,200,case,,\nX1,300,lamp,,\nX1,5,,red,\nX1,1,,,accessory\n",
        told=BOX,
    )
    assert [finding.message for finding in findings] == [
        "Line 3: the quantity of X1 is 300 here, but 200 in line 2.",
        "Line 3: the kind of X1 is lamp here, but case in line 2.",
    ]
    assert set(codes(findings)) == {"manifest-conflict"}


def test_a_product_without_a_picture_is_told() -> None:
    _, findings = apply("product,model\nBox,X1\nMug,M5\nVase,\n", told=BOX)
    assert [finding.message for finding in findings] == [
        "Line 3: there is no picture of Mug M5.",
        "Line 4: there is no picture of Vase.",
    ]


def test_products_are_gathered_from_their_rows() -> None:
    manifest = read("file,product,model,qty,kind\na.jpg,,X1,,\n,Box,x1,5,case\nb.jpg,Lamp,,,\n")
    told = [(p.line, p.product, p.model, p.quantity, p.kind) for p in products_in(manifest)]
    assert told == [(2, "Box", "X1", "5", "case"), (4, "Lamp", "", "", "")]


def test_files_are_told_from_the_manifests_own_folder() -> None:
    name = "season.zip/all/x/a.jpg"
    manifest = read("file,product\nx/a.jpg,Box\n", "season.zip/all/products.csv")
    subjects, findings = applied(found(name), manifest, {name: PLAIN})
    assert (subjects[name].product, findings) == ("Box", ())
