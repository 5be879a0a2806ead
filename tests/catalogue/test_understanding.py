from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoprep.catalogue.understanding import understand
from photoprep.catalogue.vocabulary import Vocabulary, fold, load_vocabulary
from photoprep.errors import PresetError
from photoprep.outcome import Subject
from photoprep.views import VIEWS

VOCABULARY = load_vocabulary()


def subjects(*names: str, root: str = "garden chairs") -> list[Subject]:
    return [file.subject for file in understand(names, root, VOCABULARY)]


def test_files_of_one_model_are_one_product_in_any_language() -> None:
    assert subjects("X100 open.jpg", "X100_合起_02.JPG", "工具箱X100-打开.png") == [
        Subject("工具箱", "X100", "open"),
        Subject("工具箱", "X100", "closed"),
        Subject("工具箱", "X100", "open"),
    ]


def test_a_part_is_a_label_and_its_product_the_folders() -> None:
    strap, handle, included, bag = subjects(
        "Toolbox X100/另购/strap.jpg",
        "Toolbox X100/handle.jpg",
        "Toolbox X100/配件/肩带.jpg",
        "bag(配件)shoulder strap.jpg",
    )
    assert strap == Subject("Toolbox", "X100", "accessory-not-included", label="Strap")
    assert handle == Subject("Toolbox", "X100", "unknown", label="Handle")
    assert included == Subject("Toolbox", "X100", "accessory", label="肩带")
    assert bag == Subject("Bag", "", "accessory", label="Shoulder strap")


def test_a_folder_of_several_models_is_a_kind_of_products() -> None:
    assert subjects("Bags/Tote B12 front.jpg", "Bags/Sack B13 front.jpg") == [
        Subject("Tote", "B12", "front"),
        Subject("Sack", "B13", "front"),
    ]


def test_a_folder_in_which_one_file_says_no_product_is_one() -> None:
    assert subjects("Lamp/shade.jpg", "Lamp/1.jpg") == [
        Subject("Lamp", "", "unknown", label="Shade"),
        Subject("Lamp", "", "unknown"),
    ]


def test_folders_tell_colour_and_view_too() -> None:
    assert subjects("Toolbox X200/red/open/1.jpg") == [Subject("Toolbox", "X200", "open", "red")]


@pytest.mark.parametrize(
    "name", ["IMG_2231.jpg", "20231012_123456.jpg", "微信图片_20200101120000.jpg"]
)
def test_a_camera_s_name_at_the_top_is_loose(name: str) -> None:
    (file,) = understand([name], "garden chairs", VOCABULARY)
    assert file.is_loose
    assert file.subject == Subject("Garden Chairs", "", "unknown")
    (file,) = understand([f"Toolbox X1/{name}"], "garden chairs", VOCABULARY)
    assert not file.is_loose


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("side table front.jpg", Subject("Side Table", "", "front")),
        ("折叠椅打开.jpg", Subject("折叠椅", "", "open")),
        ("20寸行李箱 黑色 正面图.jpg", Subject("行李箱", "", "front", "黑色", size="20寸")),
        ("Lamp 12pcs open2.jpg", Subject("Lamp", "", "open", quantity="12pcs")),
        ("浅灰色背包细节03.jpg", Subject("背包", "", "detail", "浅灰色")),
        ("主图2打开.jpg", Subject("Garden Chairs", "", "open")),
    ],
)
def test_single_names(name: str, expected: Subject) -> None:
    assert subjects(name) == [expected]


@given(st.lists(st.text(min_size=1), max_size=6), st.text())
def test_any_names_are_understood(names: list[str], root: str) -> None:
    understood = understand(names, root, VOCABULARY)
    assert [file.name for file in understood] == names
    for file in understood:
        assert file.subject.product
        assert file.subject.view in VIEWS


def own_words(folder: Path, text: str) -> Path:
    path = folder / "words.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_person_s_words_are_added_and_win(tmp_path: Path) -> None:
    path = own_words(tmp_path, '[views]\nopen = ["aufgeklappt"]\nback = ["front"]\n')
    known: Vocabulary = load_vocabulary(path)
    told = understand(["Box aufgeklappt.jpg", "Box front.jpg", "Box closed.jpg"], "x", known)
    assert [file.subject.view for file in told] == ["open", "back", "closed"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[views]\nupside = ['kopf']\n", "views.upside is unknown"),
        ("[viewz]\nopen = ['auf']\n", "viewz is unknown"),
        ("[views]\nopen = 'auf'\n", "views.open is no list of words"),
        ("[views\n", "not valid TOML"),
    ],
)
def test_mistakes_in_it_are_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(PresetError) as caught:
        load_vocabulary(own_words(tmp_path, text))
    assert told in caught.value.message
    assert caught.value.path == tmp_path / "words.toml"


def test_words_are_compared_without_what_makes_no_difference() -> None:
    assert fold("Close-Up") == fold("close_up ") == "close up"
    assert fold("FERMÉ") == "ferme"
    assert fold("QQ 图片") == "qq图片"
