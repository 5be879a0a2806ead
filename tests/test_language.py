from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys

import pytest

from photoprep.errors import CannotFitError, PhotoError
from photoprep.language import (
    Sentence,
    in_language,
    packed,
    say,
    say_both,
    say_list,
    say_number,
    unpacked,
)
from photoprep.outcome import Failed, Subject
from photoprep.report import Report
from photoprep.system_language import system_language
from tests.support import photoprep


def test_a_sentence_is_its_english_text() -> None:
    sentence = say("{name} weighs {size}.", name="a.jpg", size=3)
    assert sentence == "a.jpg weighs 3."
    assert in_language(sentence, "en") == "a.jpg weighs 3."


def test_one_and_many_have_forms_of_their_own() -> None:
    assert say_number(1, "{count} photo", "{count} photos") == "1 photo"
    assert say_number(0, "{count} photo", "{count} photos") == "0 photos"


def test_a_sentence_travels_between_processes() -> None:
    sentence = say("{reason} Again.", reason=say("It is {x}.", x=2))
    pickled = pickle.dumps(sentence)
    for travelled in (pickle.loads(pickled), copy.deepcopy(sentence)):  # noqa: S301 (our own)
        assert isinstance(travelled, Sentence)
        assert travelled.template == "{reason} Again."
        assert isinstance(travelled.values["reason"], Sentence)


def test_text_that_is_no_sentence_stays_as_it_is() -> None:
    assert in_language("工具箱", "zh") == "工具箱"


def test_a_sentence_is_said_in_chinese_with_those_within_it() -> None:
    damaged = say("The ZIP archive is damaged: {detail}.", detail=say("it ends too early"))
    assert in_language(damaged, "zh") == "ZIP 压缩包已损坏：数据不完整。"
    counted = say_number(2, "{count} photo prepared", "{count} photos prepared")
    assert in_language(counted, "zh") == "已处理 2 张照片"


def test_two_sentences_stand_in_chinese_without_a_space() -> None:
    both = say_both(say("It is no picture."), say("Save it as UTF-8 and try again."))
    assert both == "It is no picture. Save it as UTF-8 and try again."
    assert in_language(both, "zh") == "这不是图片。请另存为 UTF-8，然后重试。"
    assert say_both("", "b") == "b"
    assert say_both("a", "") == "a"
    assert in_language(say_list(["a", "b", "c"]), "zh") == "a、b、c"
    assert say_list(["a", "b", "c"]) == "a, b, c"
    assert say_list([]) == ""


def test_a_sentence_without_a_translation_is_said_in_english() -> None:
    assert in_language(say("Nobody has said {this} before.", this=1), "zh").endswith("1 before.")


def test_a_sentence_lies_in_a_record_as_plain_data() -> None:
    inner = say_number(3, "{count} photo", "{count} photos")
    sentence = say("{a} {b} {c}", a=inner, b="工具箱", c=1.5)
    read = unpacked(json.loads(json.dumps(packed(sentence))))
    assert isinstance(read, Sentence)
    assert read == sentence
    assert (read.template, read.many, read.values) == (sentence.template, "", sentence.values)
    kept = read.values["a"]
    assert isinstance(kept, Sentence)
    assert (kept.many, kept.values) == ("{count} photos", {"count": 3})
    assert unpacked(packed("plain")) == "plain"
    with pytest.raises(ValueError, match="no sentence"):
        unpacked({"no": "sentence"})


def test_an_error_travels_home_with_its_sentences() -> None:
    error = CannotFitError(
        say("It is {name}.", name="x"), smallest_bytes=3, hint=say("Shorten it.")
    )
    home = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own)
    assert isinstance(home, PhotoError)
    assert isinstance(home.message, Sentence)
    assert in_language(home.hint, "zh") == "请缩短。"


def test_a_report_says_its_messages_in_its_language() -> None:
    failed = Failed("a.bmp", Subject("", "", ""), say("It is no picture."), say("Shorten it."))
    rows = {
        language: Report("p", "", (failed,), language=language).to_json()["photos"]  # type: ignore[arg-type]
        for language in ("en", "zh")
    }
    assert rows["en"][0]["error"] == "It is no picture. Shorten it."  # type: ignore[index]
    assert rows["zh"][0]["error"] == "这不是图片。请缩短。"  # type: ignore[index]


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "C", "LANGUAGE": "zh_CN"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:zh_CN:en"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en_US:zh"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN.GB18030"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh_SG.UTF-8"}, "zh"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="there the system is asked too")
def test_the_language_of_the_system(environment: dict[str, str], language: str) -> None:
    assert system_language(environment) == language


def test_workers_and_the_version_load_no_catalogue() -> None:
    code = (
        "from photoprep.photo.task import load_room; load_room()\n"
        "from photoprep.language import translations\n"
        "print(translations.cache_info().currsize)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "0"
    assert photoprep("--version", env={"LANG": "zh_CN.UTF-8"}).stdout.startswith("photoprep ")
