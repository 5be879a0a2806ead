"""Sentences for people: made in English, said in the language of whoever reads them.

A ``Sentence`` is a ``str``, the English one, that remembers the template and the values it was made
of. So it can be compared, logged and searched for like any text, travel home from a worker, lie in
the record of an output folder, and still be said in another language at the door (``in_language``),
which is the only place that knows who reads. Templates are what gettext calls message ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from photoprep.preset import Language

if TYPE_CHECKING:
    from gettext import NullTranslations

Value = str | int

_LOCALES = Path(__file__).with_name("locale")
_LOCALE_OF: dict[Language, str] = {"en": "en", "zh": "zh_CN"}


class Sentence(str):
    """An English text that can be said in another language.

    ``template`` has ``{names}`` for the ``values``, which may be sentences themselves. Where the
    form depends on a number, ``many`` is the template for all but one, and the number is the value
    ``count``; else it is empty.
    """

    __slots__ = ("many", "template", "values")
    template: str
    many: str
    values: dict[str, Value]

    def __reduce__(self) -> tuple[object, ...]:
        return (_made, (self.template, self.many, self.values))

    def __deepcopy__(self, _memo: object) -> Sentence:
        return self  # like every text: nothing of it changes


def say(template: str, /, **values: Value) -> Sentence:
    """The sentence that a template with these values makes."""
    return _made(template, "", values)


def say_number(count: int, one: str, many: str, /, **values: Value) -> Sentence:
    """A sentence about ``{count}`` things: by ``one`` when there is one, else by ``many``."""
    return _made(one, many, {"count": count, **values})


def in_language(text: str, language: Language) -> str:
    """A text as its reader wants it: a sentence is translated, any other text stays as it is."""
    if not isinstance(text, Sentence) or language == "en":
        return str(text)
    known = _translations(language)
    if text.many:
        template = known.ngettext(text.template, text.many, int(text.values["count"]))
    else:
        template = known.gettext(text.template)
    values = {
        name: in_language(value, language) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return template.format_map(values)


def _made(template: str, many: str, values: Mapping[str, Value]) -> Sentence:
    chosen = many if many and values["count"] != 1 else template
    sentence = Sentence(chosen.format_map(values))
    sentence.template, sentence.many, sentence.values = template, many, dict(values)
    return sentence


@lru_cache(maxsize=4)
def _translations(language: Language) -> NullTranslations:
    from gettext import translation  # workers make sentences and translate none

    return translation("photoprep", _LOCALES, languages=[_LOCALE_OF[language]], fallback=True)
