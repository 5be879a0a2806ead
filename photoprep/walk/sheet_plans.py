"""Which sheets a run makes, of which pictures, with which words: nothing is drawn here."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from photoprep.catalogue.products import ACCESSORIES, view_rank
from photoprep.language import Language, in_language, say
from photoprep.mail.letter import say_date
from photoprep.outcome import Subject
from photoprep.preset import SheetKind
from photoprep.sheet.caption_text import Caption, Styled, caption_from
from photoprep.views import say_view

LEAST_PRODUCTS, LEAST_VIEWS = 2, 3
_APART = "accessory-not-included"


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture to show: where it comes from, its caption, whether it stands apart."""

    source: str
    subject: Subject
    caption: Caption
    is_apart: bool


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """One sheet: its pictures in order, and the words above them.

    ``product`` and ``model`` are those of the product whose views it shows, empty for an overview.
    ``has_main`` says that all are of one product, so that the first may be shown large.
    ``apart_is_warned_of`` says that nothing below the heading is in the quotation.
    """

    product: str
    model: str
    size: str
    title: str
    second_line: str
    apart_heading: str
    shown: tuple[Shown, ...]
    has_main: bool
    apart_is_warned_of: bool


@dataclass(frozen=True, slots=True)
class SheetWords:
    """What the words of all sheets of a run are made of."""

    template: str
    language: Language
    company: str
    customer: str
    date: datetime.date
    has_header: bool = True

    def said(self, text: str) -> str:
        """A sentence in the customer's language."""
        return in_language(text, self.language)

    @property
    def second_line(self) -> str:
        """Customer, date and company, as far as they are known."""
        if not self.has_header:
            return ""
        known = (self.customer, say_date(self.date, self.language), self.company)
        return "  ·  ".join(filter(None, known))

    def caption(self, subject: Subject, number: int, leave_out: frozenset[str]) -> Caption:
        """The caption of the ``number``-th picture, without some of its fields."""
        view = "" if subject.view == "unknown" else self.said(say_view(subject.view))
        fields = {
            "product": subject.product,
            "model": subject.model,
            "view": view,
            "colour": subject.colour,
            "size": subject.size,
            "quantity": subject.quantity,
            "label": subject.label,
            "number": str(number),
        }
        caption = _begun_large(
            caption_from(
                self.template,
                {key: "" if key in leave_out else text for key, text in fields.items()},
            )
        )
        if self.language == "zh":
            caption = _with_full_commas(caption)
        if subject.view == _APART and self.template and leave_out >= _OF_OVERVIEW:
            mark = Styled(self.said(say("not included")), "note")
            return Caption((*caption.lines, mark))
        return caption


def _begun_large(caption: Caption) -> Caption:
    """The caption with a capital at each line's beginning: ``Front view, blue``."""
    return Caption(
        tuple(Styled(line.text[:1].upper() + line.text[1:], line.style) for line in caption.lines)
    )


def _with_full_commas(caption: Caption) -> Caption:
    """The caption with the commas of Chinese, where a comma parts two of its fields."""
    return Caption(
        tuple(Styled(line.text.replace(", ", "，"), line.style) for line in caption.lines)
    )


# What the page's title says already, and what one picture for a whole product does not show.
_OF_PRODUCT = frozenset({"product", "model", "size"})
_OF_OVERVIEW = frozenset({"view", "label", "colour", "quantity"})


def plan_sheets(
    pictures: Sequence[tuple[str, Subject]], kinds: Iterable[SheetKind], words: SheetWords
) -> list[SheetPlan]:
    """The sheets for the pictures of a run, each a (source, subject), in their order."""
    products: dict[tuple[str, str, str], list[tuple[str, Subject]]] = {}
    for source, subject in pictures:
        key = subject.product, subject.model, subject.size
        products.setdefault(key, []).append((source, subject))
    plans = []
    if "overview" in kinds and len(products) >= LEAST_PRODUCTS:
        best = [min(views, key=_rank) for views in products.values()]
        # What is an accessory of nothing known comes last.
        best.sort(key=lambda picture: picture[1].view in ACCESSORIES)
        title = words.said(say("Product overview"))
        plans.append(_plan(("", "", ""), title, best, words, _OF_OVERVIEW))
    if "per-product" in kinds:
        for key, views in products.items():
            if len(views) >= LEAST_VIEWS:
                title = " ".join(filter(None, key))
                ordered = sorted(views, key=_rank)
                plans.append(_plan(key, title, ordered, words, _OF_PRODUCT))
    return plans


def plan_one_sheet(
    pictures: Sequence[tuple[str, Subject]], title: str, words: SheetWords
) -> SheetPlan:
    """One sheet of just these pictures, product by product, each with its whole caption."""
    first: dict[tuple[str, str, str], int] = {}
    for place, (_, subject) in enumerate(pictures):
        first.setdefault((subject.product, subject.model, subject.size), place)
    ordered = sorted(
        pictures,
        key=lambda each: (
            first[each[1].product, each[1].model, each[1].size],
            view_rank(each[1].view),
        ),
    )
    return _plan(("", "", ""), title, ordered, words, frozenset())


def _plan(
    product: tuple[str, str, str],
    title: str,
    pictures: Sequence[tuple[str, Subject]],
    words: SheetWords,
    leave_out: frozenset[str],
) -> SheetPlan:
    keys = {(subject.product, subject.model, subject.size) for _, subject in pictures}
    has_main = len(keys) == 1 and keys != {("", "", "")}
    # Beside several products an accessory stays with its own one; without captions the heading
    # alone can say which are not included.
    kinds = ACCESSORIES if has_main and words.template else frozenset({_APART})
    apart = [subject.view in kinds for _, subject in pictures]
    heading, said_above = "", ""
    if any(apart) and not all(apart):
        heading, said_above = _heading(
            subject.view for _, subject in pictures if subject.view in kinds
        )

    def unsaid(subject: Subject) -> frozenset[str]:
        # Below the heading the view need not be said again, where there is something else to say.
        named = bool(heading) and subject.view == said_above and bool(subject.label)
        return leave_out | {"view"} if named else leave_out

    shown = tuple(
        Shown(source, subject, words.caption(subject, number, unsaid(subject)), is_apart)
        for number, ((source, subject), is_apart) in enumerate(
            zip(pictures, apart, strict=True), start=1
        )
    )
    return SheetPlan(
        *product,
        title,
        words.second_line,
        words.said(heading),
        shown,
        has_main,
        apart_is_warned_of=said_above == _APART,
    )


def _heading(views: Iterable[str]) -> tuple[str, str]:
    """What is said above the pictures that stand apart, and of which of them it says all."""
    if "accessory" in views:
        return say("Accessories"), "accessory"
    return say("Not included in the quotation"), _APART


_rank: Callable[[tuple[str, Subject]], int] = lambda picture: view_rank(picture[1].view)  # noqa: E731


def sources_of(plans: Iterable[SheetPlan]) -> set[str]:
    """The pictures that the sheets show, by name."""
    return {shown.source for plan in plans for shown in plan.shown}
