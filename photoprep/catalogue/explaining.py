"""Why a file is taken for what it is taken for, said to a person (``check --explain``)."""

from __future__ import annotations

from collections.abc import Iterator

from photoprep.catalogue.understanding import Understood
from photoprep.language import Sentence, say
from photoprep.views import say_view


def explained(file: Understood) -> tuple[Sentence, ...]:
    """The reasons, one for each part of the subject that something told."""
    return (_product(file), *_model(file), *_view(file), *_others(file))


def _product(file: Understood) -> Sentence:
    product, words = file.subject.product, file.told.product_words
    match file.told.product_by:
        case "name":
            return say("product “{product}”: its name says so", product=product)
        case "folder":
            return say("product “{product}”: its folder is “{words}”", product=product, words=words)
        case "root":
            return say(
                "product “{product}”: it lies in what was dropped, “{words}”",
                product=product,
                words=words,
            )
        case "model":
            return say("product “{product}”: other files of its model say so", product=product)
        case "manifest":
            return say("product “{product}”: {words} says so", product=product, words=words)
        case "time":
            return say(
                "product “{product}”: nothing names it; by its time it belongs to the session that "
                "begins with {words}",
                product=product,
                words=words,
            )
    return say("product “{product}”: nothing in its name or folder says one", product=product)


def _model(file: Understood) -> Iterator[Sentence]:
    model = file.subject.model
    if model and file.told.model_by == "manifest":
        yield say("model {model}: the manifest says so", model=model)
    elif model and file.told.model_by == "name":
        yield say("model {model}: its name has it", model=model)
    elif model:
        yield say("model {model}: its folder’s name has it", model=model)


def _view(file: Understood) -> Iterator[Sentence]:
    view, words = say_view(file.subject.view), file.told.view_words
    if file.subject.view == "unknown":
        yield say("view unknown: no word of its name tells one")
    elif file.told.view_by == "name":
        yield say("{view}: its name says “{words}”", view=view, words=words)
    elif file.told.view_by == "folder":
        yield say("{view}: its folder is “{words}”", view=view, words=words)
    elif file.told.view_by == "manifest":
        yield say("{view}: the manifest says so", view=view)
    else:
        yield say("{view}: it is the name of a part", view=view)


def _others(file: Understood) -> Iterator[Sentence]:
    subject = file.subject
    if subject.colour:
        yield say("colour {colour}", colour=subject.colour)
    if subject.size:
        yield say("size {size}", size=subject.size)
    if subject.quantity:
        yield say("quantity {quantity}", quantity=subject.quantity)
    if subject.label:
        yield say("label “{label}”", label=subject.label)
