from __future__ import annotations

from photoprep.catalogue.completeness import completeness
from photoprep.catalogue.products import products_of
from photoprep.catalogue.understanding import understand
from photoprep.catalogue.vocabulary import load_vocabulary
from photoprep.preset import REQUIRED_VIEWS
from photoprep.report import Finding, ShownProduct, ShownView

VOCABULARY = load_vocabulary()


def findings(*names: str, root: str = "Photos") -> list[Finding]:
    return list(completeness(understand(names, root, VOCABULARY), REQUIRED_VIEWS).findings)


def products(*names: str) -> list[ShownProduct]:
    files = understand(names, "Photos", VOCABULARY)
    return list(completeness(files, REQUIRED_VIEWS).products)


def codes(*names: str) -> list[tuple[str, str, str]]:
    return [(each.code, each.severity, each.product) for each in findings(*names)]


def test_a_product_shown_closed_and_open_is_complete() -> None:
    assert codes("Toolbox X100/closed.jpg", "Toolbox X100/open.jpg") == []
    assert codes("工具箱X100-打开.png", "X100_合起_02.JPG") == []


def test_what_no_picture_can_be_is_missing() -> None:
    (found,) = findings("Toolbox X100/closed.jpg", "Toolbox X100/handle detail.jpg")
    assert (found.code, found.severity, found.product) == ("view-missing", "warning", "Toolbox")
    assert found.message == "Toolbox X100 lacks a picture of this view: open."


def test_what_a_picture_may_be_is_asked() -> None:
    (found,) = findings("Toolbox X100/IMG_1.jpg", "Toolbox X100/open.jpg")
    assert (found.code, found.severity) == ("view-unclear", "info")
    assert "It may be IMG_1.jpg." in found.message


def test_one_picture_cannot_be_two_views() -> None:
    (found,) = findings("Toolbox X100/IMG_1.jpg")
    assert found.code == "view-missing"


def test_a_product_is_shown_in_the_order_of_its_mails_with_what_it_lacks() -> None:
    box, lamp = products(
        "Box X1/strap (accessory).jpg", "Box X1/handle detail.jpg", "Box X1/open.jpg",
        "Lamp L2/IMG_1.jpg", "Lamp L2/open.jpg",
    )  # fmt: skip
    assert box == ShownProduct(
        "Box",
        "X1",
        "",
        (
            ShownView("open", "Box X1/open.jpg"),
            ShownView("detail", "Box X1/handle detail.jpg", "Handle"),
            ShownView("accessory", "Box X1/strap (accessory).jpg", "Strap"),
        ),
        missing=("closed",),
    )
    assert (lamp.missing, lamp.unclear) == ((), ("closed",))
    assert [view.kind for view in lamp.views] == ["open", "unknown"]


def test_what_a_product_lacks_is_what_its_finding_says() -> None:
    names = (
        "Box X1/closed.jpg", "Lamp L2/front.jpg", "Bag/bag(配件)strap.jpg",
        "accessories/shoulder strap.jpg", "Case C3/closed.jpg", "Case C3/open.jpg",
    )  # fmt: skip
    found = [each.product for each in findings(*names) if each.code == "view-missing"]
    assert [each.name for each in products(*names) if each.missing] == found
    assert found == ["Box", "Lamp", "Bag"]


def test_clothes_have_no_open_view() -> None:
    assert codes("夹克 J1/正面.jpg", "夹克 J1/背面.jpg") == []
    assert codes("Denim Jacket J2/front.jpg", "Denim Jacket J2/back.jpg") == []
    assert codes("Jackets/J3/front.jpg", "Jackets/J3/back.jpg") == []
    assert codes("Denim Jacket J2/front.jpg") == [("view-missing", "warning", "Denim Jacket")]


def test_a_kind_that_the_preset_does_not_name_is_like_others() -> None:
    files = understand(["Cap C1/front.jpg"], "Photos", VOCABULARY)
    assert completeness(files, REQUIRED_VIEWS).findings == ()
    (found,) = completeness(files, {"other": ("closed",)}).findings
    assert found.code == "view-unclear"
    assert completeness(files, {}).findings == ()


def test_accessories_stand_alone_and_belong_to_something() -> None:
    both = [*findings("Toolbox X1/closed.jpg", "Toolbox X1/open with accessories.jpg")]
    assert [each.code for each in both] == ["view-missing", "accessory-not-alone"]
    assert both[1].source == "Toolbox X1/open with accessories.jpg"
    assert codes("bag(配件)strap.jpg") == [("view-missing", "warning", "Bag")]
    pair = ("X1 closed.jpg", "X1 open.jpg")
    assert codes(*pair, "accessories/shoulder strap.jpg") == [
        ("accessory-unassigned", "info", "Shoulder strap")
    ]


def test_one_model_by_two_names_is_told_once() -> None:
    (found,) = findings("工具箱 X100 open.jpg", "Toolbox X100 closed.jpg", "工具箱 X100 front.jpg")
    assert (found.code, found.source) == ("names-differ", "Toolbox X100 closed.jpg")
    assert "“Toolbox”" in found.message
    assert "“工具箱”" in found.message


def test_products_differ_by_size_and_keep_their_views_in_order() -> None:
    names = ["20寸行李箱 打开.jpg", "24寸行李箱 打开.jpg", "20寸行李箱 合起.jpg"]
    small, large = products_of(understand(names, "Photos", VOCABULARY))
    assert (small.title, large.title) == ("行李箱 20寸", "行李箱 24寸")
    assert [view.kind for view in small.views] == ["open", "closed"]
    assert [view.source for view in small.views] == [names[0], names[2]]
