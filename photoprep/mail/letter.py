"""The formal letter with a mail of the series, and its subject, in English or Chinese.

A letter is an opening, the list of this mail's pictures, the list of those that the quotation does
not include, and an ending. What surrounds the lists depends on few things (``Part``), and each
picture adds the same lines wherever it stands, so that planning can weigh a letter without writing
it (``weights``). The words stand in templates (``templating``), as text and as HTML; what is put
into them is here.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from photoprep.language import Language
from photoprep.mail.enquiry import Enquiry
from photoprep.mail.identity import Series
from photoprep.mail.items import MailItem, one_line
from photoprep.mail.templating import FORMS, Block, Form, LetterTemplate, Templates, load_templates
from photoprep.preset import LetterSpec
from photoprep.profile import SenderProfile

# Before the number; a wide character takes two columns, as it does in a list of mails.
_SUBJECT_COLUMNS = 70

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_VIEWS_EN = {
    "closed": "closed",
    "open": "open",
    "front": "front view",
    "back": "rear view",
    "side": "side view",
    "top": "top view",
    "detail": "detail",
    "packaging": "packaging",
    "accessory": "accessory",
    "accessory-not-included": "accessory, not included",
    "scene": "in use",
    "sheet": "overview",
    "unknown": "",
}
_VIEWS_ZH = {
    "closed": "合起",
    "open": "打开",
    "front": "正面",
    "back": "背面",
    "side": "侧面",
    "top": "俯视",
    "detail": "细节",
    "packaging": "包装",
    "accessory": "配件",
    "accessory-not-included": "配件，不含在报价内",
    "scene": "使用场景",
    "sheet": "总览图",
    "unknown": "",
}

_VIEWS = {"en": _VIEWS_EN, "zh": _VIEWS_ZH}

# The view of what the quotation does not include: those pictures are listed once more.
EXCLUDED = "accessory-not-included"


@dataclass(frozen=True, slots=True)
class Part:
    """What a letter says of its place in the series.

    ``pictures``, ``products`` and ``excluded`` (pictures of what the quotation does not include)
    are those of this mail, ``remaining`` the pictures that come in later mails.
    """

    number: int
    total: int
    pictures: int
    products: int
    remaining: int
    excluded: int = 0


class Rows(NamedTuple):
    """What one picture adds to a letter: ``excluded`` only where the quotation leaves it out.

    ``heading`` stands above a product's first picture.
    """

    heading: str
    picture: str
    excluded: str


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Who writes to whom, when, in answer to what, and by which templates.

    ``customer`` is a number, ``contact`` who is addressed; both may be empty.
    """

    letter: LetterSpec
    profile: SenderProfile | None
    customer: str
    date: datetime.date
    contact: str = ""
    enquiry: Enquiry | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """What all letters of a series have in common; ``customer`` and ``contact`` may be empty.

    ``contact`` is who is addressed, as after "Dear": ``Mr Smith``, ``王先生``. All text breaks its
    lines with a line feed and ends with one.
    """

    language: Language
    profile: SenderProfile | None
    customer: str
    date: datetime.date
    templates: Templates
    contact: str = ""
    enquiry: Enquiry | None = None
    series: Series = field(default_factory=lambda: Series.of())
    # Written once: planning and writing want the same rows, several times.
    _rows: dict[tuple[Form, MailItem], Rows] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _values: dict[str, object] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def forms(self) -> tuple[Form, ...]:
        """What each letter is written as: text, and HTML where there is a template of it."""
        return FORMS if self.templates.html is not None else ("txt",)

    def text(self, items: Sequence[MailItem], part: Part) -> str:
        """The whole letter of one mail, as text."""
        return self._whole("txt", items, part)

    def html(self, items: Sequence[MailItem], part: Part) -> str:
        """The whole letter of one mail, as HTML; empty where there is no template of it."""
        return self._whole("html", items, part) if "html" in self.forms else ""

    def _whole(self, form: Form, items: Sequence[MailItem], part: Part) -> str:
        rows = [self.rows(form, item) for item in items]
        lines = [self.fill(form, "opening", part)]
        title: str | None = None
        for item, row in zip(items, rows, strict=True):
            if item.title != title:
                lines.append(row.heading)
                title = item.title
            lines.append(row.picture)
        if part.excluded:
            lines.append(self.fill(form, "excluded_heading", part))
            lines += [row.excluded for row in rows]
        return "".join([*lines, self.fill(form, "ending", part)])

    def stem(self, items: Iterable[MailItem]) -> str:
        """The subject of the series up to the number: that of the enquiry, or the products.

        An answer's begins with "Re: ", as customs have it (RFC 5322, 3.6.5); where only the
        enquiry's Message-ID is known, its subject is not.
        """
        if self.enquiry is not None and self.enquiry.subject:
            return f"Re: {self.enquiry.subject}"
        return subject_stem(items, self.language)

    def fill(self, form: Form, block: Block, part: Part) -> str:
        """One of the blocks that stand around the pictures: opening, excluded_heading, ending."""
        return self._template(form).fill(
            block,
            {
                **self._said(),
                "number": part.number,
                "total": part.total,
                "pictures": part.pictures,
                "products": part.products,
                "remaining": part.remaining,
                "excluded": part.excluded,
            },
        )

    def _said(self) -> Mapping[str, object]:
        """What is the same in all mails."""
        if not self._values:
            sender = asdict(self.profile or SenderProfile())
            day = self.enquiry.date if self.enquiry else None
            self._values.update(
                customer=one_line(self.customer),
                contact=_addressed(self.contact),
                date=say_date(self.date, self.language),
                enquiry_date=say_date(day, self.language) if day else "",
                sender=sender,
                signed=any(sender.values()),
            )
        return self._values

    def rows(self, form: Form, item: MailItem) -> Rows:
        """What one picture adds to the letter, wherever it stands."""
        known = self._rows.get((form, item))
        if known is None:
            known = self._rows[form, item] = self._written_rows(form, item)
        return known

    def _written_rows(self, form: Form, item: MailItem) -> Rows:
        template = self._template(form)
        values = {
            "title": item.title,
            "sheet": item.view == "sheet",
            "view": _VIEWS[self.language].get(item.view, one_line(item.view)),
            "label": one_line(item.label),
            "filename": item.filename,
        }
        excluded = template.fill("excluded_picture", values) if is_excluded(item) else ""
        return Rows(template.fill("heading", values), template.fill("picture", values), excluded)

    def _template(self, form: Form) -> LetterTemplate:
        template = self.templates.html if form == "html" else self.templates.text
        if template is None:
            raise ValueError("there is no template of HTML")
        return template


def _addressed(contact: str) -> str:
    """Who is addressed, without the words of a salutation, which people type along."""
    return one_line(contact).removeprefix("Dear ").removeprefix("尊敬的").rstrip(",，:： ")


def write_letters(items: Sequence[MailItem], about: Correspondence) -> Letter:
    """The letters of the series that carries ``items``, with its identity.

    Raises:
        PresetError: the letter's templates are missing or wrong.

    """
    letter, profile, enquiry = about.letter, about.profile, about.enquiry
    customer, contact, date = about.customer, about.contact, about.date
    templates = load_templates(letter)
    signature = asdict(profile) if profile else {}
    series = Series.of(
        [letter.language, templates.digest, customer, contact, date.isoformat(), signature],
        [enquiry.message_id, *enquiry.references, enquiry.subject] if enquiry else [],
        [[item.filename, item.title, item.view, item.label] for item in items],
        sender_address=profile.email if profile else "",
    )
    return Letter(letter.language, profile, customer, date, templates, contact, enquiry, series)


def is_excluded(item: MailItem) -> bool:
    """Whether the picture shows what the quotation does not include."""
    return item.view == EXCLUDED


def say_date(date: datetime.date, language: Language) -> str:
    """A date in a letter: ``23 November 2026`` or ``2026年11月23日``."""
    if language == "zh":
        return f"{date.year}年{date.month}月{date.day}日"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def subject_stem(items: Iterable[MailItem], language: Language) -> str:
    """The subject of a series up to the number: the products in it, in at most 70 columns.

    As many are named as fit, the others counted (``and 7 more products``), and a first name that
    is too long by itself is shortened. One line, without encoded words.
    """
    titles = list(dict.fromkeys(item.title for item in items if item.title))
    if not titles:
        return "产品图片" if language == "zh" else "Product pictures"
    whole = _say_subject(titles, len(titles), language)
    if _columns(whole) <= _SUBJECT_COLUMNS:
        return whole
    first = titles[0]
    stem = _say_subject([first], len(titles), language)
    while _columns(stem) > _SUBJECT_COLUMNS:
        first = first[:-1].rstrip()
        stem = _say_subject([f"{first}..."], len(titles), language)
    for named in range(2, len(titles)):
        longer = _say_subject([first, *titles[1:named]], len(titles), language)
        if first != titles[0] or _columns(longer) > _SUBJECT_COLUMNS:
            break
        stem = longer
    return stem


def subject(stem: str, *, language: Language, number: int, total: int) -> str:
    """The subject of mail ``number`` of ``total``; a single mail has no number."""
    if total == 1:
        return stem
    return f"{stem}（{number}/{total}）" if language == "zh" else f"{stem} ({number}/{total})"


def _say_subject(named: Sequence[str], total: int, language: Language) -> str:
    more = total - len(named)
    if language == "zh":
        return f"产品图片：{'、'.join(named)}" + (f"等{total}款产品" if more else "")
    if more == 0:
        rest = ""
    elif more == 1:
        rest = " and 1 more product"
    else:
        rest = f" and {more} more products"
    return f"Product pictures: {', '.join(named)}{rest}"


def _columns(text: str) -> int:
    """How wide the text is in columns (Unicode Standard Annex 11)."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
