"""Which country's shapes a text's Chinese characters want. Pure."""

from __future__ import annotations

import unicodedata

from photoprep.sheet.font_table import Script

_LANGUAGES: dict[str, Script] = {
    "zh-hant": "taiwanese",
    "zh-tw": "taiwanese",
    "zh-hk": "taiwanese",
    "zh-mo": "taiwanese",
    "ja": "japanese",
    "ko": "korean",
}
_ALL: tuple[Script, ...] = ("chinese", "taiwanese", "japanese", "korean")


def han_scripts(text: str, language: str = "") -> tuple[Script, ...]:
    """The East Asian scripts in the order in which their fonts suit a text.

    Kana make it Japanese and Hangul Korean. Else a language may tell (``zh-TW``, ``ja``), and
    where the text has a character that simplified Chinese has not (GB 2312) and traditional has
    (Big5) and none the other way round, it is traditional. All else is simplified.
    """
    first = _told_by_letters(text) or _told_by_language(language) or _told_by_charset(text)
    return (first, *(script for script in _ALL if script != first))


def _told_by_letters(text: str) -> Script | None:
    names = {unicodedata.name(character, "").partition(" ")[0] for character in text}
    if names & {"HIRAGANA", "KATAKANA"}:
        return "japanese"
    return "korean" if "HANGUL" in names else None


def _told_by_language(language: str) -> Script | None:
    wanted = language.lower().replace("_", "-")
    return next((script for name, script in _LANGUAGES.items() if wanted.startswith(name)), None)


def _told_by_charset(text: str) -> Script:
    han = [character for character in text if "\u4e00" <= character <= "\u9fff"]
    simplified = any(_in(character, "gb2312") and not _in(character, "big5") for character in han)
    traditional = any(_in(character, "big5") and not _in(character, "gb2312") for character in han)
    return "taiwanese" if traditional and not simplified else "chinese"


def _in(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
