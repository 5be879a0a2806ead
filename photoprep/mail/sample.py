"""A series of two mails with pictures that nobody took, to see what a letter would say."""

from __future__ import annotations

from photoprep.language import Language
from photoprep.mail.items import MailItem
from photoprep.mail.letter import Correspondence, write_letters
from photoprep.mail.message import MessagePlan, plan_message

_TOOLBOX: dict[Language, str] = {"en": "Toolbox", "zh": "工具箱"}
_STRAP: dict[Language, str] = {"en": "shoulder strap", "zh": "肩带"}
_LAMP: dict[Language, str] = {"en": "Work Lamp", "zh": "工作灯"}
_SIZE_BYTES = 190_000


def sample_series(about: Correspondence) -> list[MessagePlan]:
    """Two mails of one series: three pictures of a toolbox, and one of a lamp.

    Raises:
        PresetError: the letter's template is missing or wrong.

    """
    language, day = about.letter.language, f"{about.date:%Y%m%d}"
    toolbox, lamp = _TOOLBOX[language], _LAMP[language]
    items = [
        MailItem(f"Toolbox_X100_closed_{day}.jpg", _SIZE_BYTES, toolbox, "X100", "closed"),
        MailItem(f"Toolbox_X100_open_{day}.jpg", _SIZE_BYTES, toolbox, "X100", "open"),
        MailItem(
            f"Toolbox_X100_optional-shoulder-strap_{day}.jpg",
            _SIZE_BYTES,
            toolbox,
            "X100",
            "accessory-not-included",
            _STRAP[language],
        ),
        MailItem(f"Work-Lamp_L20_front_{day}.jpg", _SIZE_BYTES, lamp, "L20", "front"),
    ]
    writer = write_letters(items, about)
    stem, runs = writer.stem(items), [range(3), range(3, 4)]
    return [plan_message(writer, stem, items, runs, number) for number in (1, 2)]
