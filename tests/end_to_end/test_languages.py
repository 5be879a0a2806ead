"""What a person reads, through the real command, in English and in Chinese."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from photoprep import prepare
from photoprep.errors import ExitCode
from tests.support import Inline, outputs, photoprep, small_photo, written

ENGLISH_WORD = re.compile(r"\b(?:the|is|of|and|that|with|not|Usage|Options|required|default)\b")
CHINESE = {"LANG": "zh_CN.UTF-8"}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two pictures, one of them broken, and a text."""
    small_photo(tmp_path / "photos" / "whole.png", 1, (300, 200))
    broken = small_photo(tmp_path / "photos" / "broken.bmp", 2, (300, 200))
    broken.write_bytes(broken.read_bytes()[:120_000])
    written(tmp_path / "photos" / "list.txt", "1 2 3")
    return tmp_path / "photos"


def told_in_chinese(text: str) -> None:
    """Hold that a text is Chinese, but for names, figures and the paths of this machine."""
    text = re.sub(r"(?:/|[A-Z]:\\)\S+|\S+\.eml", "", text)
    assert re.search(r"[\u4e00-\u9fff]", text), text
    assert not ENGLISH_WORD.search(text), text


@pytest.mark.parametrize("language", ["option", "option before", "locale", "preset"])
def test_a_run_speaks_chinese_when_it_should(photos: Path, tmp_path: Path, language: str) -> None:
    preset = written(
        tmp_path / "own.toml", 'schema = 1\nextends = "trade-email"\nlanguage = "zh"\n'
    )
    out = tmp_path / "out"
    told = {
        "option": lambda: photoprep(photos, "--out", out, "--lang", "zh"),
        "option before": lambda: photoprep("--lang=zh", "prepare", photos, "--out", out),
        "locale": lambda: photoprep(photos, "--out", out, env=CHINESE),
        "preset": lambda: photoprep(photos, "--out", out, "--preset", preset),
    }[language]()
    assert told.returncode == ExitCode.SOME_FAILED
    told_in_chinese(told.stdout + told.stderr)
    assert "未能处理：1 张图片" in told.stdout
    assert "其中约 66% 可以读取。" in told.stdout
    assert "list.txt: 这不是图片。" in told.stdout
    assert "已处理 1 张照片，1 张未能处理，跳过 1 个其他文件，1 封邮件已就绪。" in told.stdout
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    told_in_chinese(" ".join(row["error"] or "" for row in report["photos"]))
    findings = report["findings"]
    assert {"view-missing", "too-small", "profile-missing"} <= {row["code"] for row in findings}
    told_in_chinese(" ".join(row["message"] + (row["remedy"] or "") for row in findings))


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "de_DE.UTF-8"])
def test_it_stays_english_elsewhere(photos: Path, tmp_path: Path, locale: str) -> None:
    told = photoprep(photos, "--out", tmp_path / "out", env={"LANG": locale, "LANGUAGE": ""})
    assert "1 photo prepared, 1 not prepared, 1 other file skipped, 1 mail ready." in told.stdout
    assert not re.search(r"[\u4e00-\u9fff]", told.stdout + told.stderr)


def test_the_option_goes_before_the_preset_and_that_before_the_locale(
    photos: Path, tmp_path: Path
) -> None:
    english = written(
        tmp_path / "own.toml", 'schema = 1\nextends = "trade-email"\nlanguage = "en"\n'
    )
    out = tmp_path / "out"
    by_preset = photoprep(photos, "--out", out, "--preset", english, env=CHINESE)
    assert "1 photo prepared" in by_preset.stdout
    asked = photoprep(photos, "--out", out, "--preset", english, "--lang", "zh")
    assert "1 张未变" in asked.stdout


def test_a_check_of_a_list_speaks_chinese_too(photos: Path) -> None:
    rows = "文件名,视图,是否包含,装箱\nwhole.png,斜放,也许,1\nnone.png,正面,,\n"
    written(photos / "产品清单.csv", rows)
    told = photoprep("check", photos, "--explain", "--lang", "zh")
    assert told.returncode == ExitCode.SOME_FAILED
    # The words for views are told in both languages.
    told_in_chinese(told.stdout.replace("accessory-not-included", "") + told.stderr)
    assert "第 2 行：无法识别“视图”一栏的“斜放”，已忽略。" in told.stdout
    assert "closed/合起、open/打开、front/正面" in told.stdout
    assert "1 张图片、1 张无法读取、1 个产品" in told.stdout


def test_the_preset_has_a_say_in_errors_too(tmp_path: Path) -> None:
    chinese = written(
        tmp_path / "own.toml", 'schema = 1\nextends = "trade-email"\nlanguage = "zh"\n'
    )
    (tmp_path / "empty").mkdir()
    told = photoprep(tmp_path / "empty", "--preset", chinese)
    assert told.returncode == ExitCode.NO_PHOTOS
    told_in_chinese(told.stderr)
    asked = photoprep(tmp_path / "empty", "--preset", chinese, "--lang", "en")
    assert "There are no photos in it." in asked.stderr


def test_a_refusal_that_is_remembered_is_said_in_the_language_of_the_day(
    photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first = photoprep(photos, "--out", out)
    assert "About 66% of it could be read." in first.stdout
    assert photoprep(photos, "--out", out).stdout  # from now on report.json tells of reuse
    english, before = (out / "report.json").read_bytes(), outputs(out)

    chinese = photoprep(photos, "--out", out, "--lang", "zh", "--json")
    told_in_chinese(chinese.stderr)
    assert "其中约 66% 可以读取。" in chinese.stderr
    rows = {row["source"]: row for row in json.loads(chinese.stdout)["photos"]}
    assert rows["whole.png"]["status"] == "reused"
    assert "其中约 66% 可以读取。" in rows["broken.bmp"]["error"]
    assert (out / "report.json").read_bytes() != english
    assert outputs(out) == before  # the customer's letter has a language of its own

    photoprep(photos, "--out", out)
    assert (out / "report.json").read_bytes() == english


def test_a_note_that_is_remembered_is_said_in_the_language_of_the_day(
    photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    photoprep(photos, "--out", out, "--accept-damaged")
    again = photoprep(photos, "--out", out, "--accept-damaged", "--lang", "zh")
    assert "2 张未变" in again.stdout
    assert "图片已损坏：只有 66% 可以读取，并已显示。" in again.stdout


def test_errors_and_usage_are_said_in_chinese(tmp_path: Path) -> None:
    mistakes: list[tuple[list[str | Path], ExitCode, str]] = [
        (["nowhere"], ExitCode.WRONG_USAGE, "没有名为 'nowhere' 的文件或文件夹。"),
        ([tmp_path], ExitCode.NO_PHOTOS, "其中没有照片。"),
        ([tmp_path, "--preset", "trade-mail"], ExitCode.WRONG_PRESET, "您是否想写“trade-email”？"),
        ([tmp_path, "--nope"], ExitCode.WRONG_USAGE, "没有选项 --nope。"),
        ([tmp_path, "--out"], ExitCode.WRONG_USAGE, "选项 --out 需要一个值。"),
        ([tmp_path, "--jobs", "0"], ExitCode.WRONG_USAGE, "--jobs 应为不小于 1 的整数。"),
        ([tmp_path, "--jobs", "x"], ExitCode.WRONG_USAGE, "--jobs 应为整数。"),
        ([tmp_path, "--date", "x"], ExitCode.WRONG_USAGE, "--date 应为日期，例如 2026-11-23。"),
        (["prepare"], ExitCode.WRONG_USAGE, "缺少 PATH"),
        (["presets", "nope"], ExitCode.WRONG_USAGE, "没有命令 nope。"),
        (["presets", "show", "a", "b"], ExitCode.WRONG_USAGE, "超出了该命令所接受的参数：b"),
    ]
    for arguments, code, words in mistakes:
        told = photoprep("--lang", "zh", *arguments)
        assert told.returncode == code, told.stderr
        assert words in told.stderr
        told_in_chinese(told.stderr)


def test_a_wrong_preset_is_said_in_chinese(tmp_path: Path) -> None:
    preset = written(
        tmp_path / "own.toml",
        'schema = 1\nextends = "trade-email"\n[photo]\ndpi_max = "x"\nlongest_side = "24"\n'
        'dpi_maxx = 1\n[mail]\nmax_mails = 0\n[letter]\nlanguage = "de"\n',
    )
    told = photoprep("presets", "check", preset, "--lang", "zh")
    assert told.returncode == ExitCode.WRONG_PRESET
    told_in_chinese(told.stderr.replace("own.toml", ""))
    for words in (
        "预设有 5 处错误：",
        "第 4 行：photo.dpi_max：应为整数，实际为 'x'。",
        '第 5 行：photo.longest_side：应为长度（例如 "24 cm" 或 "9.4 in"），实际为 \'24\'。',
        "photo.dpi_maxx 不是有效的键（您是否想写 dpi_max？）。",
        "mail.max_mails：应不小于 1，实际为 0。",
        "letter.language：应为 'en' 或 'zh'，实际为 'de'。",
    ):
        assert words in told.stderr


def test_a_language_that_is_not_spoken_is_refused(photos: Path) -> None:
    wrong: list[list[str | Path]] = [["--lang", "fr", photos], [photos, "--lang=fr"]]
    wrong.append([photos, "--lang"])
    for arguments in wrong:
        told = photoprep(*arguments)
        assert told.returncode == ExitCode.WRONG_USAGE
        assert "photoprep does not speak" in told.stderr
    assert not photos.with_name("photos-prepared").exists()


def test_help_and_presets_are_in_chinese_throughout() -> None:
    for arguments in (
        ["--help"],
        ["prepare", "--help"],
        ["demo", "--help"],
        ["presets"],
        ["presets", "check", "--help"],
        ["profile", "edit", "--help"],
        ["presets", "list"],
        ["presets", "check", "trade-email"],
        ["profile", "show"],
    ):
        told = photoprep(*arguments, env=CHINESE)
        told_in_chinese(told.stdout)


def test_columns_stay_straight_beside_wide_letters(config_folder: Path) -> None:
    written(config_folder / "presets" / "客户.toml", 'schema = 1\nextends = "trade-email"\n')
    lines = photoprep("presets", "list").stdout.splitlines()
    assert any(line.startswith("客户" + " " * (len("trade-email-light") - 4)) for line in lines)
    figures = photoprep("presets", "check", "trade-email", "--lang", "zh").stdout.splitlines()
    assert figures[1].startswith("  照片    最大")
    assert figures[3].startswith("  文件名  {product}")


def test_help_is_filled_to_its_width_in_both_languages() -> None:
    for language in ("en", "zh"):
        told = photoprep("--help", "--lang", language).stdout
        widths = [cell_len(line.rstrip()) for line in told.splitlines() if "│" not in line]
        assert max(widths) == 100  # the frames
        assert sum(90 < width < 100 for width in widths) >= 2  # the lines of the paragraph


def test_chinese_on_a_stream_that_has_no_such_letters_does_no_harm(photos: Path) -> None:
    told = photoprep(photos, "--lang", "zh", env={"PYTHONIOENCODING": "ascii"})
    assert told.returncode == ExitCode.SOME_FAILED
    assert "Traceback" not in told.stderr
    assert "\\u5df2\\u5904\\u7406" in told.stdout


def test_a_program_gets_the_language_it_asks_for(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def languages(**options: str) -> str:
        report = prepare(photos, out=tmp_path / "out", executor=Inline(), **options)  # type: ignore[arg-type]
        return report.language

    assert languages() == "en"
    assert languages(language="zh") == "zh"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert languages() == "zh"
    assert languages(language="en") == "en"
