"""Sentences for people: made in English, said in the language of whoever reads them.

A ``Sentence`` is a ``str``, the English one, that remembers the template and the values it was made
of. So it can be compared, logged and searched for like any text, travel home from a worker, lie in
the record of an output folder, and still be said in another language at the door (``in_language``),
which is the only place that knows who reads. Templates are what gettext calls message ids:
docs/translating.md tells how they come into the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from gettext import NullTranslations

Language = Literal["en", "zh"]
Value = str | int | float

DOMAIN = "photoprep"
LOCALES = Path(__file__).with_name("locale")
LOCALE_OF: dict[Language, str] = {"en": "en", "zh": "zh_CN"}


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


def say_both(first: str, second: str) -> str:
    """Two sentences, one after the other; one alone where the other is empty."""
    return (
        say("{first} {second}", first=first, second=second) if first and second else first or second
    )


def say_list(items: Iterable[str]) -> str:
    """Things in a row, with commas between them; empty where there are none."""
    listed = ""
    for item in items:
        listed = say("{items}, {item}", items=listed, item=item) if listed else item
    return listed


def in_language(text: str, language: Language) -> str:
    """A text as its reader wants it: a sentence is translated, any other text stays as it is."""
    if not isinstance(text, Sentence) or language == "en":
        return str(text)
    known = translations(language)
    if text.many:
        template = known.ngettext(text.template, text.many, int(text.values["count"]))
    else:
        template = known.gettext(text.template)
    values = {
        name: in_language(value, language) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return template.format_map(values)


def data_in_language(value: object, language: Language) -> object:
    """Plain data as its reader wants it: every text in dicts, lists and tuples; the rest stays."""
    if isinstance(value, str):
        return in_language(value, language)
    if isinstance(value, dict):
        return {name: data_in_language(each, language) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [data_in_language(each, language) for each in value]
    return value


def packed(text: str) -> object:
    """A text as plain data, ready for JSON; ``unpacked`` makes the same sentence of it again."""
    if not isinstance(text, Sentence):
        return text
    values = {
        name: packed(value) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return [text.template, text.many, values]


def unpacked(data: object) -> str:
    """The text that ``packed`` made this of.

    Raises:
        ValueError: it is nothing that ``packed`` makes.

    """
    match data:
        case str():
            return data
        case [str(template), str(many), dict(values)]:
            return _made(
                template,
                many,
                {
                    name: value if isinstance(value, int | float) else unpacked(value)
                    for name, value in values.items()
                },
            )
    raise ValueError(f"no text and no sentence: {data!r}")


@lru_cache(maxsize=4)
def translations(language: Language) -> NullTranslations:
    """The catalogue of a language; read when it is first asked for, which workers never do."""
    from gettext import translation

    return translation(DOMAIN, LOCALES, languages=[LOCALE_OF[language]], fallback=True)


def _made(template: str, many: str, values: Mapping[str, Value]) -> Sentence:
    chosen = many if many and values["count"] != 1 else template
    sentence = Sentence(chosen.format_map(values))
    sentence.template, sentence.many, sentence.values = template, many, dict(values)
    return sentence
