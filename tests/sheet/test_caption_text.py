"""Templates: an empty field goes with what is written for it."""

from __future__ import annotations

import pytest

from photoprep.sheet.caption_text import Caption, Styled, caption_from, check_template

ALL = {
    "product": "Toolbox",
    "model": "X100",
    "view": "open",
    "colour": "red",
    "size": "50 cm",
    "quantity": "12",
    "label": "hook",
    "number": "7",
}


def _text(template: str, *empty: str) -> str:
    fields = {name: "" if name in empty else value for name, value in ALL.items()}
    return "\n".join(line.text for line in caption_from(template, fields).lines)


@pytest.mark.parametrize(
    ("template", "empty", "text"),
    [
        ("{product} {model}\n{view}, {colour}", (), "Toolbox X100\nopen, red"),
        ("{product} {model}\n{view}, {colour}", ("model", "view"), "Toolbox\nred"),
        ("{product} {model}\n{view}, {colour}", ("view", "colour"), "Toolbox X100"),
        ("{product} {model}\n{view}, {colour}", ("product", "model"), "open, red"),
        ("{product} ({model})", (), "Toolbox (X100)"),
        ("{product} ({model})", ("model",), "Toolbox"),
        ("{product} ({model}), {colour}", (), "Toolbox (X100), red"),
        ("{product} ({model}), {colour}", ("model",), "Toolbox, red"),
        ("{product}（{model}）{colour}", ("model",), "Toolboxred"),
        ("Model: {model}, colour: {colour}", ("model",), "colour: red"),
        ("Model: {model}, colour: {colour}", ("colour",), "Model: X100"),
        ("{quantity} pcs, {size}", ("quantity",), "50 cm"),
        ("{quantity} pcs, {size}", ("size",), "12 pcs"),
        ("{quantity} × {product}", ("quantity",), "Toolbox"),
        ("No. {number} – {product}", ("number",), "Toolbox"),
        ("{product}/{model}/{view}", ("model",), "Toolbox/open"),
        ("{label}", ("label",), ""),
        ("EXW Ningbo\n{product}", ("product",), "EXW Ningbo"),
        ("{{{model}}}", (), "{X100}"),
        ("", (), ""),
    ],
)
def test_empty_fields_go_with_their_signs(template: str, empty: tuple[str, ...], text: str) -> None:
    assert _text(template, *empty) == text


def test_the_first_line_is_the_title_and_the_others_are_notes() -> None:
    assert caption_from("{product}\n{view}\n{colour}", ALL) == Caption(
        (Styled("Toolbox", "title"), Styled("open", "note"), Styled("red", "note"))
    )
    assert caption_from("{product}\n{view}", {"view": "open"}) == Caption(
        (Styled("open", "title"),)
    )


def test_a_fields_own_braces_and_line_breaks_are_text() -> None:
    fields = {"product": "{model} \n {0}"}
    assert caption_from("{product}", fields).lines[0].text == "{model} {0}"


@pytest.mark.parametrize(
    "template",
    [
        "{price}",
        "{}",
        "{0}",
        "{product!r}",
        "{product:>30}",
        "{product.x}",
        "{product[0]}",
        "{",
        "a}",
    ],
)
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r"^expected "):
        check_template(template)


def test_a_template_comes_back() -> None:
    assert check_template("{product} {model}") == "{product} {model}"
