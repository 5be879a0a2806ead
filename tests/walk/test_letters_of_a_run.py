"""What a run makes of names in another script, of who is addressed, and of a person's template."""

from __future__ import annotations

import dataclasses
import datetime
import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photoprep import Report, load_preset, prepare
from photoprep.catalogue.naming import Naming, formal_names
from photoprep.errors import PresetError, UsageError
from photoprep.mail.items import check_filename
from photoprep.outcome import Prepared, PreparedJpeg, Subject
from photoprep.photo.decode import set_up_decoders
from photoprep.preset import Preset
from photoprep.walk.attachment_names import names_in_own_script
from tests.support import Inline, contents, photoprep, small_photo, written

DAY = datetime.date(2026, 11, 23)
NAMING = Naming("{product}_{model}_{colour}_{view}_{date}", "", DAY, {"红色": "red"})


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    set_up_decoders()
    folder = tmp_path_factory.mktemp("letters") / "photos"
    for number, name in enumerate(
        ["工具箱 X100/打开.png", "工具箱 X100/合起.png", "工具箱 X100/正面.png", "Lamp L2/open.png"]
    ):
        small_photo(folder / name, number)
    return folder


def preset(**mail: object) -> Preset:
    usual = load_preset()
    return dataclasses.replace(usual, mail=dataclasses.replace(usual.mail, **mail))  # type: ignore[arg-type]


def run(photos: Path, out: Path, chosen: Preset | None = None, **said: str) -> Report:
    return prepare(
        photos,
        out=out,
        date=DAY,
        executor=Inline(),
        preset=chosen or load_preset(),
        **said,  # type: ignore[arg-type]
    )


def mails(out: Path) -> Iterator[EmailMessage]:
    for path in sorted((out / "mails").iterdir()):
        yield email.message_from_bytes(
            path.read_bytes(), _class=EmailMessage, policy=email.policy.default
        )


def attached(out: Path) -> dict[str, bytes]:
    return {
        str(part.get_filename()): part.get_content()
        for message in mails(out)
        for part in message.iter_attachments()
    }


def test_files_are_named_in_ascii_and_attachments_as_their_products_are(
    photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    report = run(photos, out, preset(filenames="unicode"))
    assert all(path.name.isascii() for path in out.rglob("*"))
    names = attached(out)
    assert {
        "工具箱_X100_open_20261123.jpg",
        "工具箱_X100_closed_20261123.jpg",
        "工具箱_X100_sheet-1_20261123.jpg",
        "Lamp_L2_open_20261123.jpg",
    } <= set(names)
    told = [item for mail in report.mails for item in mail.attachments]
    assert {item.filename for item in told} == set(names)
    for item in told:
        assert names[item.filename] == (out / item.photo).read_bytes()
    text = next(mails(out)).get_body(("plain",))
    assert text is not None
    assert "工具箱_X100_open_20261123.jpg" in text.get_content()
    before = contents(out)
    run(photos, out, preset(filenames="unicode"))
    assert {**contents(out), "report.json": ""} == {**before, "report.json": ""}


def test_by_default_attachments_are_named_as_their_files(photos: Path, tmp_path: Path) -> None:
    report = run(photos, tmp_path / "out")
    for mail in report.mails:
        for item in mail.attachments:
            assert item.filename == item.photo.rpartition("/")[2]
            assert item.filename.isascii()


SUBJECTS = st.builds(
    Subject,
    st.one_of(st.sampled_from(["工具箱", "GongJuXiang", "工具 箱", ""]), st.text(max_size=40)),
    st.sampled_from(["X100", "", "图1"]),
    st.sampled_from(["open", "closed", "unknown"]),
    st.sampled_from(["", "红色", "red"]),
    label=st.one_of(st.just(""), st.text(max_size=20)),
)


@settings(deadline=None)
@given(st.lists(SUBJECTS, max_size=12))
def test_names_in_any_script_are_safe_and_no_two_alike(subjects: list[Subject]) -> None:
    files = formal_names(subjects, NAMING)
    photos = [
        Prepared(name, subject, PreparedJpeg(f"photos/{name}", "", 1, 1, 1, 1, 1, "", 1, 1, 1))
        for name, subject in zip(files, subjects, strict=True)
    ]
    names = names_in_own_script(photos, (), NAMING)
    assert list(names) == files
    assert len({name.casefold() for name in names.values()}) == len(files)
    for name in names.values():
        check_filename(name)
    assert names == names_in_own_script(photos, (), NAMING)


def test_two_that_would_be_alike_keep_the_name_of_their_file() -> None:
    subjects = [Subject("工具箱", "X1", "open"), Subject("工具(箱)", "X1", "open")]
    files = ["GongJuXiang_X1_open_20261123.jpg", "GongJu-Xiang_X1_open_20261123.jpg"]
    assert formal_names(subjects, NAMING) == files
    subjects[1] = Subject("工具箱\u200b", "X1", "open")
    photos = [
        Prepared(name, subject, PreparedJpeg(f"photos/{name}", "", 1, 1, 1, 1, 1, "", 1, 1, 1))
        for name, subject in zip(formal_names(subjects, NAMING), subjects, strict=True)
    ]
    assert list(names_in_own_script(photos, (), NAMING).values()) == [
        "工具箱_X1_open_20261123.jpg",
        "工具箱_X1_open-2_20261123.jpg",
    ]


def test_who_is_addressed_and_what_is_answered_stand_in_the_mails(
    photos: Path, tmp_path: Path
) -> None:
    enquiry = written(
        tmp_path / "enquiry.eml",
        "Message-ID: <ask@example.org>\nSubject: Tool boxes\n"
        "Date: Fri, 20 Nov 2026 09:00:00 +0100\n\n",
    )
    out = tmp_path / "out"
    done = photoprep(photos, "--out", out, "--date", "2026-11-23", "--contact", "Mr Smith",
                     "--enquiry", enquiry, "--no-sheets", "--quiet")  # fmt: skip
    assert done.returncode == 0, done.stderr
    (message,) = mails(out)
    assert message["Subject"] == "Re: Tool boxes"
    assert message["In-Reply-To"] == "<ask@example.org>"
    assert message["References"].split()[1:] == ["<ask@example.org>"]
    text = message.get_body(("plain",))
    assert text is not None
    assert "Dear Mr Smith," in text.get_content()
    assert "enquiry of 20 November 2026" in text.get_content()
    before = contents(out)
    again = photoprep(photos, "--out", out, "--contact", "Mr Smith", "--enquiry", enquiry,
                      "--no-sheets", "--quiet")  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert {**contents(out), "report.json": ""} == {**before, "report.json": ""}


def test_an_enquiry_that_is_none_is_told_before_anything_is_made(
    photos: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="neither a saved message"):
        run(photos, tmp_path / "out", enquiry="nobody.eml")
    assert not (tmp_path / "out").exists()


def test_a_template_that_does_not_hold_is_told_before_anything_is_made(
    photos: Path, tmp_path: Path, config_folder: Path
) -> None:
    written(config_folder / "templates/en.txt", "{% block opening %}")
    with pytest.raises(PresetError, match="template"):
        run(photos, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_wrong_with_a_letter_of_ones_own_is_a_finding(
    photos: Path, tmp_path: Path, config_folder: Path
) -> None:
    shipped = Path(prepare.__code__.co_filename).with_name("mail") / "templates"
    text = (shipped / "en.txt").read_text(encoding="utf-8")
    written(config_folder / "templates/en.txt", text.replace("Please find", "[Name] Pls find"))
    report = run(photos, tmp_path / "out")
    found = {finding.code: finding.severity for finding in report.findings}
    assert found["letter-placeholder"] == "error"
    assert found["letter-short-forms"] == "warning"
    assert "letter-short-forms" not in {
        finding.code for finding in run(photos, tmp_path / "out2", zh()).findings
    }


def zh() -> Preset:
    usual = load_preset()
    return dataclasses.replace(usual, letter=dataclasses.replace(usual.letter, language="zh"))
