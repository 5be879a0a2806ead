"""``photoprep letter show | check | new``, as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from photoprep.cli import run
from photoprep.mail.message import build_message
from photoprep.profile import save_profile
from tests.mail.letters import TOOLBOX, WANG, plan, reader, within
from tests.support import written


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output folder with the mails of a series."""
    folder = tmp_path / "out" / "mails"
    folder.mkdir(parents=True)
    for one in plan(TOOLBOX, contact="Mr Smith", spec=within(12_000)):
        (folder / one.filename).write_bytes(build_message(one, reader(TOOLBOX)))
    return folder.parent


def test_show_prints_an_example_by_profile_and_options(
    capsys: pytest.CaptureFixture[str],
) -> None:
    save_profile(WANG)
    assert run(["letter", "show", "--contact", "Mr Smith", "--customer", "C0123",
                "--enquiry", "<a@b.example>", "--date", "2026-11-23"]) == 0  # fmt: skip
    said = capsys.readouterr().out
    assert "Subject   Product pictures: Toolbox X100, Work Lamp L20 (1/2)\n" in said
    assert "Your reference: C0123\nDate: 23 November 2026\n\nDear Mr Smith,\n" in said
    assert "The quotation does not include the following accessory:\n- Toolbox X100, shoul" in said
    assert said.count("Yours sincerely,\n\nWang Li\nExport Manager\n") == 2
    assert "(2/2)" in said


def test_show_prints_the_mails_that_are_there(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["letter", "show", str(out)]) == 0
    said = capsys.readouterr().out
    assert said.count("Dear Mr Smith,") == len(list((out / "mails").iterdir()))
    for item in TOOLBOX:
        assert f"Attached  {item.filename}\n" in said
    first = min((out / "mails").iterdir())
    assert run(["letter", "show", str(first), "--html"]) == 0
    assert capsys.readouterr().out.startswith("<!DOCTYPE html>\n")


def test_check_is_content_with_our_own(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_profile(WANG)
    for arguments in ([], [str(out)], [str(out), "--strict"], [str(min(out.rglob("*.eml")))]):
        assert run(["letter", "check", *arguments]) == 0
        assert "Nothing is wrong" in capsys.readouterr().out


def test_check_ends_with_3_for_errors_and_for_warnings_when_strict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = plan(TOOLBOX)[0].text
    wrong = written(tmp_path / "wrong.txt", text.replace("Sir or Madam", "[Name]"))
    assert run(["letter", "check", str(wrong)]) == 3
    assert "✗ wrong.txt: A placeholder is not filled in: [Name]" in capsys.readouterr().out
    rough = written(tmp_path / "rough.txt", text.replace("Thank you", "Thx a lot!! Thank you"))
    assert run(["letter", "check", str(rough)]) == 0
    said = capsys.readouterr().out
    assert "! rough.txt: Short forms of a chat: Thx" in said
    assert "! rough.txt: Repeated exclamation marks: !!" in said
    assert run(["letter", "check", str(rough), "--strict"]) == 3


def test_check_without_a_profile_says_what_the_signature_lacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["letter", "check"]) == 3
    assert "The signature lacks: " in capsys.readouterr().out


@pytest.mark.parametrize("command", ["show", "check"])
def test_what_is_not_there_is_one_sentence(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["letter", command, str(tmp_path / "nobody.eml")]) == 2
    assert "nobody.eml: The letter cannot be read" in capsys.readouterr().err
    assert run(["letter", command, "--enquiry", "nobody"]) == 2
    assert "neither a saved message nor a Message-ID" in capsys.readouterr().err


def test_new_writes_templates_that_are_then_taken(
    config_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["letter", "new"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        str(config_folder / "templates" / name)
        for name in ("en.html", "en.txt", "zh.html", "zh.txt")
    ]
    assert run(["letter", "show", "--date", "2026-11-23"]) == 0
    before = capsys.readouterr().out
    text = config_folder / "templates/en.txt"
    text.write_text(
        text.read_text("utf-8").replace("We look forward", "We gladly look forward"), "utf-8"
    )
    assert run(["letter", "show", "--date", "2026-11-23"]) == 0
    after = capsys.readouterr().out
    assert after == before.replace("We look forward", "We gladly look forward")


def test_new_never_writes_over_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "templates"
    mine = written(folder / "zh.txt", "mine")
    assert run(["letter", "new", str(folder)]) == 2
    assert "zh.txt: This template is there already" in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["zh.txt"]
    assert mine.read_text(encoding="utf-8") == "mine"
    mine.unlink()
    assert run(["letter", "new", str(folder)]) == 0
    assert f'template = "{folder}"' in capsys.readouterr().err


def test_new_where_nothing_may_be_written(tmp_path: Path) -> None:
    blocked = written(tmp_path / "file", "")
    assert run(["letter", "new", str(blocked / "templates")]) == 73


def test_a_template_that_does_not_hold_is_told_with_its_line(
    config_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["letter", "new"]) == 0
    text = config_folder / "templates/en.txt"
    text.write_text(text.read_text("utf-8").replace("{{ date }}", "{{ day }}"), "utf-8")
    assert run(["letter", "show"]) == 78
    said = capsys.readouterr().err
    assert "en.txt: Line 6 of the letter's template: 'day' is undefined" in said
