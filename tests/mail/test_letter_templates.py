"""A person's own templates: found, filled in, refused with their line, and weighed all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from photoprep.errors import MailTooLargeError, PresetError
from photoprep.mail.items import MailItem
from photoprep.mail.letter import Correspondence, write_letters
from photoprep.mail.message import build_message
from photoprep.mail.reading import words_of_html
from photoprep.mail.templating import (
    BLOCKS,
    check_template,
    load_templates,
    own_templates_folder,
    shipped_texts,
    template_folder,
)
from photoprep.mail.weights import RunWeights
from photoprep.preset import LetterSpec
from tests.mail.letters import DATE, TOOLBOX, WANG, body, parsed, plan, reader, within
from tests.support import written

LEAN = dict[str, str].fromkeys(BLOCKS, "") | {
    "opening": "Dear {{ contact or 'customer' }},\n",
    "picture": "{{ filename }}\n",
    "ending": "Mail {{ number }} of {{ total }}.\n",
}


def template(**blocks: str) -> str:
    """A lean template with some of its blocks changed."""
    parts = LEAN | blocks
    return "".join(
        f"{{% block {name} %}}\n{text}{{% endblock %}}\n" for name, text in parts.items()
    )


def spec_of(folder: Path, text: str, html: str = "") -> LetterSpec:
    written(folder / "en.txt", text)
    if html:
        written(folder / "en.html", html)
    return LetterSpec("en", str(folder))


def refused(folder: Path, text: str) -> PresetError:
    with pytest.raises(PresetError) as caught:
        plan(TOOLBOX, spec_of(folder, text))
    return caught.value


def test_a_folder_that_a_preset_names_goes_before_all(tmp_path: Path, config_folder: Path) -> None:
    written(config_folder / "templates/en.txt", template(opening="my own\n"))
    named = spec_of(tmp_path / "formal", template(opening="by path\n"))
    written(config_folder / "templates/short/en.txt", template(opening="by name\n"))
    assert plan(TOOLBOX, named)[0].text.startswith("by path\n")
    assert plan(TOOLBOX, LetterSpec("en", "short"))[0].text.startswith("by name\n")
    assert plan(TOOLBOX, LetterSpec("en"))[0].text.startswith("my own\n")
    # There is none in Chinese: the shipped one is as good as ever.
    assert plan(TOOLBOX, LetterSpec("zh"))[0].text.startswith("日期")


def test_a_template_that_is_missing_is_named(tmp_path: Path) -> None:
    for letter in (LetterSpec("en", "nobody"), LetterSpec("zh", str(tmp_path / "nobody"))):
        with pytest.raises(PresetError, match=r"(en|zh)\.txt is missing") as caught:
            check_template(letter)
        assert caught.value.path is not None
        assert caught.value.path.name == "nobody"
    spec_of(tmp_path / "english only", template())
    with pytest.raises(PresetError, match=r"zh\.txt is missing"):
        template_folder(LetterSpec("zh", str(tmp_path / "english only")))


def test_without_html_the_letter_goes_as_text_alone(tmp_path: Path) -> None:
    one = plan(TOOLBOX, spec_of(tmp_path, template()), contact="Mr Smith")[0]
    data = build_message(one, reader(TOOLBOX))
    assert len(data) == one.wire_bytes
    message = parsed(data)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "text/plain",
        *["image/jpeg"] * 4,
    ]
    assert body(message, "plain").startswith("Dear Mr Smith,\nToolbox_X100_closed.jpg\n")


def test_html_is_escaped_and_text_is_not(tmp_path: Path) -> None:
    letter = spec_of(tmp_path, template(), template())
    one = plan(TOOLBOX, letter, contact="Smith & <b>Sons</b>")[0]
    assert "Dear Smith & <b>Sons</b>,\n" in one.text
    assert "Dear Smith &amp; &lt;b&gt;Sons&lt;/b&gt;,\n" in one.html


def test_a_file_beside_it_may_be_included(tmp_path: Path) -> None:
    written(tmp_path / "signature.txt", "{{ sender.name }}\n")
    letter = spec_of(tmp_path, template(ending="{% include 'signature.txt' %}"))
    assert plan(TOOLBOX, letter)[0].text.endswith("Wang Li\n")
    written(tmp_path / "signature.txt", "the same, changed\n")
    assert plan(TOOLBOX, letter)[0].text.endswith("the same, changed\n")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"opening": "one\ntwo {{ nobody }}\n"}, "Line 3 .*'nobody' is undefined"),
        ({"picture": "{{ filename }}\n{{ number }}\n"}, r"Line 8 .*'number' is undefined"),
        ({"opening": "{% if %}\n"}, "Line 2 .*xpected an expression"),
        ({"opening": "{{ 1 // 0 }}\n"}, "Line 2 .*division"),
        ({"opening": "{{ 'x' + 1 }}\n"}, "Line 2 "),
        ({"opening": "{{ [][3] }}\n"}, "Line 2 "),
        ({"opening": "{% include '../../etc/passwd' %}\n"}, "Line 2 .*there is no file"),
        ({"opening": "{% include 'nobody.txt' %}\n"}, "Line 2 .*there is no file"),
        ({"opening": "{{ ''.__class__.__mro__ }}\n"}, "Line 2 .*unsafe"),
        ({"opening": "{{ sender.update({}) }}\n"}, "Line 2 .*unsafe"),
        ({"opening": "{% for i in range(10 ** 9) %}x{% endfor %}\n"}, "Line 2 .*[Rr]ange"),
        ({"opening": "{{ [1, 2] | random }}\n"}, "Line 2 .*random"),
        ({"opening": "{{ lipsum() }}\n"}, "Line 2 .*lipsum"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, changed: dict[str, str], words: str
) -> None:
    error = refused(tmp_path, template(**changed))
    assert error.path == tmp_path / "en.txt"
    assert pytest.raises(PresetError, match=words).matches(error)
    assert error.hint


def test_what_is_no_template_is_refused(tmp_path: Path) -> None:
    assert "lacks the block opening" in refused(tmp_path, "Dear customer,\n").message
    assert (
        "lacks the block ending"
        in refused(tmp_path, template().replace("block ending", "block end")).message
    )
    (tmp_path / "en.txt").write_bytes("报价单".encode("gb18030"))
    with pytest.raises(PresetError, match="not UTF-8"):
        check_template(LetterSpec("en", str(tmp_path)))


def test_a_byte_order_mark_and_windows_lines_are_taken(tmp_path: Path) -> None:
    (tmp_path / "en.txt").write_bytes(b"\xef\xbb\xbf" + template().replace("\n", "\r\n").encode())
    assert plan(TOOLBOX, LetterSpec("en", str(tmp_path)))[0].text.startswith("Dear customer,\nTool")


def test_controls_that_a_template_makes_do_not_come_through(tmp_path: Path) -> None:
    evil = r'{{ "a\x00b\x0b\x0c\x1b\x85\u2028c\r\nd" }}' + "\n"
    one = plan(TOOLBOX, spec_of(tmp_path, template(opening=evil)))[0]
    assert one.text.startswith("abc\nd\n")
    assert len(build_message(one, reader(TOOLBOX))) == one.wire_bytes


# Words of a kind that the shipped templates do not have, each a trap for planning.
COUNTING = "{{ pictures }} of {{ products }}, then {{ remaining }}, not {{ excluded }}.\n"
FIRST = "{% if number == 1 %}" + "We are a firm. " * 60 + "{% endif %}\n"
LATER = "{% if number > 1 %}" + "As we said. " * 90 + "{% endif %}\n"
LAST = "{% if remaining == 0 %}" + "That was all. " * 80 + "{% endif %}\n"
THIRD = "{% if number == 3 %}" + "Three. " * 150 + "{% endif %}\n"
TRAPS: dict[str, dict[str, str]] = {
    "counts": {"opening": COUNTING},
    "a long first mail": {"opening": FIRST},
    "long later mails": {"opening": LATER},
    "a long last mail": {"ending": LAST},
    "Chinese at the end": {"ending": "{% if remaining == 0 %}完{% endif %}\n"},
    "a long third mail": {"opening": THIRD},
    "long lines": {"opening": "{{ 'x' * 1200 }}\n"},
    "numbers": {"picture": "{{ filename }} {{ label }} {{ title * 9 }}\n"},
}


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("limit", [9_000, 12_000, 30_000])
def test_no_words_push_a_mail_over_its_limit(tmp_path: Path, trap: str, limit: int) -> None:
    items = [
        MailItem(f"p{index:02}.jpg", 900 + index * 37, f"P{index // 3}", "", "open")
        for index in range(30)
    ]
    letter = spec_of(tmp_path, template(**TRAPS[trap]), template(**TRAPS[trap]))
    plans = plan(items, letter, spec=within(limit))
    assert [item for one in plans for item in one.attachments] == items
    for one in plans:
        data = build_message(one, reader(items))
        assert len(data) == one.wire_bytes <= limit
        assert body(parsed(data), "plain") == one.text


@pytest.mark.parametrize("trap", TRAPS)
def test_whatever_the_words_a_longer_run_weighs_more(tmp_path: Path, trap: str) -> None:
    """What ``packing.pack`` relies on; the smallest pictures are lighter than the traps."""
    items = [MailItem(f"p{index}.jpg", 60, f"P{index // 3}", "", "open") for index in range(9)]
    letter = spec_of(tmp_path, template(**TRAPS[trap]), template(**TRAPS[trap]))
    writer = write_letters(items, Correspondence(letter, WANG, "", DATE))
    weigh = RunWeights(writer, writer.stem(items), items, 1).wire_bytes
    for first in range(9):
        run = [weigh(first, stop) for stop in range(first + 1, 10)]
        assert run == sorted(run)
    for stop in range(1, 10):
        run = [weigh(first, stop) for first in range(stop)]
        assert run == sorted(run, reverse=True)


def test_words_that_leave_no_room_are_an_error_and_no_loop(tmp_path: Path) -> None:
    letter = spec_of(tmp_path, template(opening="{{ 'x' * 900 ~ '\n' }}" * 20))
    with pytest.raises(MailTooLargeError):
        plan(TOOLBOX, letter, spec=within(9_000))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_is_weighed_to_the_byte_but_for_its_number(language: str) -> None:
    items = [
        MailItem(f"p{index:02}.jpg", 5_000, f"P{index // 2}", "", view, "红" * (index % 3))
        for index, view in enumerate(["open", "accessory-not-included", "sheet"] * 4)
    ]
    letter = LetterSpec("en" if language == "en" else "zh")
    writer = write_letters(items, Correspondence(letter, WANG, "C0123", DATE))
    weights = RunWeights(writer, writer.stem(items), items, 1)
    plans = plan(items, letter, customer="C0123", spec=within(22_000))
    assert 3 <= len(plans) <= 9
    first = 0
    for one in plans:
        stop = first + len(one.attachments)
        assert weights.wire_bytes(first, stop) == one.wire_bytes
        first = stop
    for first in range(len(items)):
        run = [weights.wire_bytes(first, stop) for stop in range(first + 1, len(items) + 1)]
        assert run == sorted(run)


def test_the_shipped_templates_say_the_same_as_text_and_as_html() -> None:
    for language in ("en", "zh"):
        letter = LetterSpec("en" if language == "en" else "zh")
        for one in plan(TOOLBOX, letter, customer="C1", contact="王先生", spec=within(13_000)):
            said = sorted("".join(c for c in one.text if c.isalnum()))
            assert sorted("".join(c for c in words_of_html(one.html) if c.isalnum())) == said
    assert load_templates(LetterSpec("en")).html is not None
    assert sorted(shipped_texts()) == ["en.html", "en.txt", "zh.html", "zh.txt"]


def test_own_templates_lie_beside_the_profile(config_folder: Path) -> None:
    assert own_templates_folder() == config_folder / "templates"
