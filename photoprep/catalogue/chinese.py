"""Chinese writing cut into known words and what is left: 工具箱打开 → 工具箱, 打开.

Without spaces a word is found by its place: what says a view, a colour or nothing stands at the
end, or else at the beginning; what is left in the middle is the product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from photoprep.catalogue.second_look import Role
from photoprep.catalogue.vocabulary import Vocabulary, fold

Found = tuple[str, Role, str]  # text, role, value

# What a part of a longer writing can be; a thing's name is only known where it stands by itself.
_PARTS = frozenset({"view", "colour", "noise"})

_LONGEST = 8
# Any colour with its shade: 浅灰色, 蓝黑色. What stands for its base is the last character but 色.
_SHADED = re.compile(r"[深浅亮暗哑淡嫩]?[黑白灰银金红橙橘黄绿蓝青紫粉棕褐米杏驼]{1,3}色")


@lru_cache(maxsize=16384)
def chinese_words(text: str, known: Vocabulary) -> tuple[Found, ...]:
    """Each part of the text with its role and value; the product's part has the role "product"."""
    tail: list[Found] = []
    while (found := _at_end(text, known)) is not None:
        tail.insert(0, found)
        text = text[: -len(found[0])]
    head: list[Found] = []
    while (found := _at_beginning(text, known)) is not None:
        head.append(found)
        text = text[len(found[0]) :]
    if text:
        head.append((text, "product", ""))
    return (*head, *tail)


def _at_end(text: str, known: Vocabulary) -> Found | None:
    for end in _ends(text):
        before = text[: -len(end)]
        if before.endswith(("可", "不可")):
            return None  # 可折叠 says that it can be folded, and not that it is
        if (role := _role(end, known)) is not None:
            return (end, *role)
        if _SHADED.fullmatch(end):
            return end, "colour", _base_colour(end, known)
    # 正面图, 打开的样子: what may stand behind a view, when one stands there.
    if len(text) > 2 and text[-1] in known.after_a_view and _at_end(text[:-1], known):
        return text[-1], "noise", ""
    return None


def _ends(text: str) -> Iterator[str]:
    for length in range(min(len(text), _LONGEST), 1, -1):
        yield text[-length:]


def _at_beginning(text: str, known: Vocabulary) -> Found | None:
    for length in range(min(len(text) - 1, _LONGEST), 1, -1):
        beginning = text[:length]
        if beginning in known.not_before_a_product and text[length] != "的":
            continue
        if (role := _role(beginning, known)) is not None:
            return (beginning, *role)
        if _SHADED.fullmatch(beginning):
            return beginning, "colour", _base_colour(beginning, known)
    if len(text) > 1 and text[0] in "的及和与":
        return text[0], "noise", ""
    return None


def _role(text: str, known: Vocabulary) -> tuple[Role, str] | None:
    role = known.roles.get(fold(text))
    if role is not None and role[0] == "camera":
        return "noise", ""  # 产品照片: no camera wrote this
    return role if role is not None and role[0] in _PARTS else None


def _base_colour(text: str, known: Vocabulary) -> str:
    return known.colours.get(fold(text[-2]), "")
