"""The formal letter with a mail of the series, and its subject, in English or Chinese.

A letter is an opening, the list of this mail's pictures, and an ending. The opening and the
ending depend on few things (``Part``), and each picture adds the same lines wherever it stands,
so that planning can weigh a letter without writing it (``message.plan_series``). For the same
reason no line that holds a number is wrapped: two digits more are two bytes more.

Plain functions, no templates: what there is to say depends on singular and plural and on what is
known of the sender, and a line that has nothing to say is left out.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from photoprep.language import Language
from photoprep.mail.items import MailItem, one_line
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
    "accessory-not-included": "accessory, not included in the quotation",
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
    "accessory-not-included": "配件（不含在报价内）",
    "scene": "使用场景",
    "sheet": "总览图",
    "unknown": "",
}

# What stands above pictures of no product: a sheet that shows them all, or what nobody named.
_ALL_PRODUCTS = {"en": "All products", "zh": "全部产品"}
_OTHER_PICTURES = {"en": "Other pictures", "zh": "其他图片"}


@dataclass(frozen=True, slots=True)
class Part:
    """What a letter says of its place in the series.

    ``pictures`` and ``products`` are those of this mail, ``remaining`` the pictures that come in
    later mails.
    """

    number: int
    total: int
    pictures: int
    products: int
    remaining: int


@dataclass(frozen=True, slots=True)
class Letter:
    """What all letters of a series have in common; ``customer`` may be empty.

    All text breaks its lines with a line feed and ends with one.
    """

    language: Language
    profile: SenderProfile | None
    customer: str
    date: datetime.date

    def text(self, items: Sequence[MailItem], part: Part) -> str:
        """The whole letter of one mail."""
        lines: list[str] = []
        title: str | None = None
        for item in items:
            if item.title != title:
                lines += self.heading_lines(item)
                title = item.title
            lines.append(self.picture_line(item))
        return self.opening(part) + "".join(f"{line}\n" for line in lines) + self.ending(part)

    def opening(self, part: Part) -> str:
        """Everything above the list of pictures."""
        if self.language == "zh":
            return _opening_zh(part, one_line(self.customer), self.date)
        return _opening_en(part, one_line(self.customer), self.date)

    def heading_lines(self, item: MailItem) -> list[str]:
        """The lines above a product's first picture, the empty one that parts them counted."""
        untitled = _ALL_PRODUCTS if item.view == "sheet" else _OTHER_PICTURES
        return ["", item.title or untitled[self.language]]

    def picture_line(self, item: MailItem) -> str:
        """The line of one picture: its view and label, where known, and its file name."""
        views, form, colon = _VIEWS_EN, "{} ({})", ": "
        if self.language == "zh":
            views, form, colon = _VIEWS_ZH, "{}（{}）", "："
        view, label = views.get(item.view, one_line(item.view)), one_line(item.label)
        said = form.format(view, label) if view and label else view or label
        return f"- {said}{colon}{item.filename}" if said else f"- {item.filename}"

    def ending(self, part: Part) -> str:
        """Everything below the list of pictures, the signature included where there is one."""
        if self.language == "zh":
            return _ending_zh(part, _signature_zh(self.profile))
        return _ending_en(part, _signature_en(self.profile))


def say_date(date: datetime.date, language: Language) -> str:
    """A date in a letter: ``23 November 2026`` or ``2026年11月23日``."""
    if language == "zh":
        return f"{date.year}年{date.month}月{date.day}日"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def _paragraphs(*paragraphs: str) -> str:
    """The paragraphs that say something, an empty line between two of them."""
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def _opening_en(part: Part, customer: str, date: datetime.date) -> str:
    reference = f"Your reference: {customer}\n" if customer else ""
    thanks = (
        "Thank you for your enquiry." if part.number == 1 else "Thank you again for your enquiry."
    )
    attached = "picture" if part.pictures == 1 else "pictures"
    if part.number > 1:
        attached = f"further {attached}"
    product = "product" if part.products == 1 else "products"
    return _paragraphs(
        f"{reference}Date: {say_date(date, 'en')}",
        "Dear Sir or Madam,",
        f"{thanks}\nPlease find attached the following {attached} of our {product}:",
    )


def _ending_en(part: Part, signature: str) -> str:
    place = f"This is mail {part.number} of {part.total}"
    if part.total == 1:
        place = ""
    elif part.remaining == 0:
        place += " and completes the series."
    elif part.remaining == 1:
        place += "; the remaining picture follows."
    else:
        place += "; the remaining pictures follow."
    # Without a name below it, the comma would promise one.
    close = f"Yours faithfully,\n\n{signature}" if signature else "Yours faithfully"
    return "\n" + _paragraphs(
        place,
        "Should you require any further pictures or information, please let us know.\n"
        "We look forward to hearing from you.",
        close,
    )


def _signature_en(profile: SenderProfile | None) -> str:
    if profile is None:
        return ""
    return "\n".join(
        _filled(
            ("", profile.name),
            ("", profile.title),
            ("", profile.company),
            ("", profile.address),
            ("Telephone: ", profile.telephone),
            ("Fax: ", profile.fax),
            ("E-mail: ", profile.email),
            ("Website: ", profile.website),
        )
    )


def _opening_zh(part: Part, customer: str, date: datetime.date) -> str:
    reference = f"客户编号：{customer}\n" if customer else ""
    if part.number == 1:
        sentence = "感谢贵公司的垂询。随函附上以下产品图片，敬请查收："
    else:
        sentence = "再次感谢贵公司的垂询。现随函续附以下产品图片，敬请查收："
    return _paragraphs(
        f"{reference}日期：{say_date(date, 'zh')}", "尊敬的先生/女士：", f"您好！{sentence}"
    )


def _ending_zh(part: Part, signature: str) -> str:
    place = f"本邮件为第{part.number}封，共{part.total}封"
    if part.total == 1:
        place = ""
    elif part.remaining == 0:
        place += "，图片至此已全部发送。"
    else:
        place += "，其余图片将随后发送。"
    return "\n" + _paragraphs(
        place,
        "如需其他图片或资料，请随时与我们联系。期待您的回复。",
        "此致\n敬礼！",
        signature,
    )


def _signature_zh(profile: SenderProfile | None) -> str:
    """The company first and the person after it, as Chinese letters have it."""
    if profile is None:
        return ""
    person = " ".join(_filled(("", profile.title), ("", profile.name)))
    return "\n".join(
        _filled(
            ("", profile.company),
            ("", person),
            ("地址：", profile.address),
            ("电话：", profile.telephone),
            ("传真：", profile.fax),
            ("电子邮箱：", profile.email),
            ("网址：", profile.website),
        )
    )


def _filled(*fields: tuple[str, str]) -> list[str]:
    """Label and value of each field that has a value."""
    return [f"{label}{value}" for label, value in fields if value]


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
