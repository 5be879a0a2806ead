"""Names of output folders: safe and one to a batch on every disk, readable where they were."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from photoprep.mail.items import check_filename
from photoprep.watch.output_names import output_name


@pytest.mark.parametrize(
    ("name", "output"),
    [
        ("Toolbox X100", "Toolbox X100"),
        ("工具箱 X100（红）", "工具箱 X100（红）"),
        ("cafe\u0301", "café"),
        ("a:b?c", "a_b_c"),
        ("100% cotton", "100% cotton"),
        ("ends. . ", "ends"),
        ("CON", "_CON"),
        ("aux.2026", "_aux.2026"),
        ("COM\xb9", "_COM\xb9"),
        (".hidden", "hidden"),
        ("...", "batch"),
        ("left\u202eright", "leftright"),
        ("a\x00\nb", "a b"),
    ],
)
def test_a_name(name: str, output: str) -> None:
    assert output_name(name, ()) == output


def test_a_taken_name_gets_a_number() -> None:
    assert output_name("Café", ["cafe\u0301"]) == "Café-2"
    assert output_name("CAFÉ", ["café", "Café-2"]) == "CAFÉ-3"
    assert output_name("x" * 200, ["x" * 80]) == "x" * 78 + "-2"


@given(st.lists(st.text(min_size=1), max_size=8))
@example(["\ud800", "\udcff"])
@example(["%"])
@example(["가" * 100, "가" * 101])
@example(["İ" * 100, "i̇" * 100])
def test_every_name_is_safe_and_one_batchs(names: list[str]) -> None:
    taken: list[str] = []
    for name in names:
        output = output_name(name, taken)
        check_filename(output.replace("%", "_"))  # which one may have that is not sent
        assert len(output.encode()) <= 120
        for same in ("NFC", "NFD"):
            key = unicodedata.normalize(same, output).casefold()
            assert key not in {unicodedata.normalize(same, other).casefold() for other in taken}
        taken.append(output)


@given(st.text())
def test_a_safe_name_stays(name: str) -> None:
    once = output_name(name, ())
    assert output_name(once, ()) == once
