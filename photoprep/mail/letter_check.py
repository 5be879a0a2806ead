"""What a careful colleague would find in a letter before it goes to a customer.

Errors are what would embarrass: a placeholder that nobody filled, a list that differs from what is
attached, a signature by which nobody can be reached. Warnings are of style. All of it works on
plain text, so that a template of one's own is held to the same as ours; the names of attached files
are taken out first, because a name is no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from photoprep.language import Language, say, say_list
from photoprep.mail.reading import ReadLetter
from photoprep.profile import SenderProfile
from photoprep.report import Finding

# Words in capitals that are right so: terms of trade and payment, currencies, marks and norms,
# materials, formats and units of the trade.
_TERMS = frozenset(
    """
    FOB CIF CFR CNF EXW DDP DDU DAP DPU CIP CPT FAS FCA MOQ OEM ODM SKU EAN UPC HS USD EUR GBP RMB
    CNY HKD JPY CHF CAD AUD SGS ISO FDA ROHS REACH TUV BSCI SEDEX FSC VAT EORI NDA AQL ETA ETD FCL
    LCL TEU CBM LED LCD USB PVC ABS PET EVA HDPE LDPE TPR TPU MDF SUS AISI ASTM DIN EN CMYK RGB JPEG
    JPG PNG PDF TIFF DPI GMT UTC USA PRC SWIFT IBAN CEO CFO COO CTO CAD CNC HACCP INCOTERMS
    """.split()  # noqa: SIM905 (read by people)
)
_SLANG = re.compile(
    r"(?<![\w.@-])(asap|a\.s\.a\.p\.?|pls|plz|thx|thks|tks|tnx|btw|fyi|lol|omg|gonna|wanna|gotta"
    r"|cuz|hey|hi guys|(?-i:ur|u))(?![\w@-])",
    re.IGNORECASE,
)
_PLACEHOLDERS = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\$\{\w*\}|(?<![\w$])\$[A-Za-z_]\w+|%\([a-z_]+\)s|%s\b"
    r"|\{[A-Za-z_][\w ]*\}|<<[^<>\n]+>>|<[A-Z][A-Z _]+>|\[[A-Za-z][A-Za-z _/-]{1,40}\]"
    r"|\[[\u3400-\u9fff]{1,12}\]|【[\u3400-\u9fff]{1,12}】|(?<!\w)_{3,}(?!\w)|\bX{3,}\b|\bx{3,}\b"
    r"|\b(?:TBD|TBA|TBC|TODO|FIXME)\b|[某×]{2,}|\blorem ipsum\b"
    r"|(?<=Dear )(?:None|null|undefined|nan)\b|Dear\s*,|尊敬的\s*[：:,，]",
    re.DOTALL,
)
# Where the greeting ends a letter; what comes after it is the signature.
_CLOSINGS = re.compile(
    r"^\W*(yours (faithfully|sincerely|truly)|sincerely( yours)?|faithfully yours"
    r"|(best|kind|kindest|warm|with kind|with best) regards|regards"
    r"|此致|敬礼|顺祝商祺|商祺|敬上).{0,20}$",
    re.IGNORECASE | re.MULTILINE,
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_TELEPHONE = re.compile(r"(?<![\w.])(\+|00)?[\d(][\d ()./-]{5,}\d")
_WITH_COUNTRY = re.compile(r"(?<![\w.])(\+|00)[1-9][\d ()./-]{5,}\d")
_PART = re.compile(r"[(（](\d+)/(\d+)[)）]\s*$")
_PART_SAID = {
    "en": re.compile(r"\b(?:mail|part|e-?mail|message) (\d+) of (\d+)\b", re.IGNORECASE),
    "zh": re.compile(r"第\s*(\d+)\s*封[，,]?\s*共\s*(\d+)\s*封"),
}
_FILE = re.compile(
    r"[^\s,;:()\"'<>，；：（）、“”]+\.(?:jpe?g|png|tiff?|webp|heic|pdf|zip|docx?|xlsx?)(?![\w.-])",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATES = {
    "23 November 2026": re.compile(
        rf"\b\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}\b", re.IGNORECASE
    ),
    "November 23, 2026": re.compile(
        rf"\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b", re.IGNORECASE
    ),
    "2026-11-23": re.compile(r"\b\d{4}-\d{1,2}-\d{1,2}\b"),
    "2026/11/23": re.compile(r"\b\d{4}/\d{1,2}/\d{1,2}\b"),
    "23/11/2026": re.compile(r"\b\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})\b"),
    "23.11.2026": re.compile(r"\b\d{1,2}\.\d{1,2}\.\d{4}\b"),
    "2026年11月23日": re.compile(r"\d{4}年\d{1,2}月\d{1,2}日"),
}
_FULL_WIDTH = re.compile(
    "[\u3000-\u3002\u3008-\u3011\u3014-\u301b\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3d\uff5b-\uff65]"
)
_REPEATED = re.compile(r"[!！]{2,}|[?？][!！]|[!！][?？]")
_SHOUTED = re.compile(r"(?<![\w/&.-])[A-Z][A-Z']+(?![\w/&]|-\w)")
_LONG_WORD_CHARS = 4
_SHOWN_CHARS = 60
_SIZE = re.compile("X+[SL]")  # of clothing
_ATTACHED_SAID = re.compile(r"\battach|附上|附件|续附", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Body:
    """One form of a letter, with the names of attached files taken out of ``prose``."""

    letter: ReadLetter
    text: str
    prose: str
    language: Language
    profile: SenderProfile | None


def check_letter(letter: ReadLetter, profile: SenderProfile | None) -> list[Finding]:
    """What is wrong with a letter: errors first, each thing once, text and HTML together.

    ``profile`` is the sender's, where it is known: its fields must stand in the signature.
    """
    found: dict[tuple[str, str], Finding] = {}
    for text in (letter.text, letter.html_text):
        if not text.strip():
            continue
        body = _Body(letter, text, _without(text, letter.attached or ()), letter.language, profile)
        for check in _CHECKS:
            for finding in check(body):
                found.setdefault((finding.code, finding.message), finding)
    if not found and not (letter.text.strip() or letter.html_text.strip()):
        return [
            Finding(
                "letter-empty",
                "error",
                say("The letter says nothing."),
                say("Look at the letter's template."),
                source=letter.name,
            )
        ]
    return sorted(found.values(), key=lambda finding: finding.severity != "error")


def _error(body: _Body, code: str, message: str, hint: str) -> Finding:
    return Finding(code, "error", message, hint, source=body.letter.name)


def _warning(body: _Body, code: str, message: str, hint: str) -> Finding:
    return Finding(code, "warning", message, hint, source=body.letter.name)


def _placeholders(body: _Body) -> Iterator[Finding]:
    for found in dict.fromkeys(_PLACEHOLDERS.findall(body.prose)):
        yield _error(
            body,
            "letter-placeholder",
            say("A placeholder is not filled in: {found}", found=_short(found)),
            say("Write what belongs there, or take it out."),
        )


def _attachments(body: _Body) -> Iterator[Finding]:
    attached = body.letter.attached
    if attached is None:
        return
    for name in attached:
        if not _as_named(name).search(body.text):
            yield _error(
                body,
                "letter-list-differs",
                say("{name} is attached, and the letter does not name it.", name=name),
                say("Let the letter list what is attached, or prepare the folder again."),
            )
    for name in dict.fromkeys(_FILE.findall(body.prose)):
        yield _error(
            body,
            "letter-list-differs",
            say("The letter names {name}, which is not attached.", name=name),
            say("Let the letter list what is attached, or prepare the folder again."),
        )
    if not attached and _ATTACHED_SAID.search(body.prose):
        yield _error(
            body,
            "letter-nothing-attached",
            say("The letter speaks of attached pictures, and nothing is attached."),
            say("Attach them, or say it otherwise."),
        )


def _part_numbers(body: _Body) -> Iterator[Finding]:
    of_subject = _PART.search(body.letter.subject)
    said = _PART_SAID[body.language].search(body.prose)
    if of_subject and said and of_subject.groups() != said.groups():
        yield _error(
            body,
            "letter-part-differs",
            say(
                "The subject says part {subject_part}, and the letter says {letter_part}.",
                subject_part="/".join(of_subject.groups()),
                letter_part="/".join(said.groups()),
            ),
            say("Prepare the folder again, so that all parts are numbered anew."),
        )


def _signature(body: _Body) -> Iterator[Finding]:
    closings = list(_CLOSINGS.finditer(body.text))
    if not closings:
        yield _error(
            body,
            "letter-closing",
            say("The letter ends without a formal close such as Yours faithfully."),
            say("End it with one, and with your name, company, address, telephone and e-mail."),
        )
        return
    signed = body.text[closings[-1].end() :].strip()
    missing = _missing_fields(signed, body.profile)
    if missing:
        yield _error(
            body,
            "letter-signature",
            say("The signature lacks: {fields}.", fields=say_list(missing)),
            say('Set them with "photoprep profile edit", then prepare the folder again.'),
        )
    elif not _WITH_COUNTRY.search(signed):
        yield _warning(
            body,
            "letter-country-code",
            say("The telephone number in the signature has no country code."),
            say('Write it as +86 574 8690 1234, with "photoprep profile edit --telephone".'),
        )


def _missing_fields(signed: str, profile: SenderProfile | None) -> list[str]:
    """What a customer would look for and not find; by the profile where it is known."""
    lines = [line for line in signed.split("\n") if line]
    if profile is None:
        checks = {
            say("name"): bool(lines),
            # What is neither of the others says who and where.
            say("company and address"): len(lines) > len(("name", "telephone", "e-mail")),
            say("telephone"): _TELEPHONE.search(signed) is not None,
            say("e-mail"): _EMAIL.search(signed) is not None,
        }
    else:
        checks = {
            say("name"): _stands(profile.name, signed),
            say("company"): _stands(profile.company, signed),
            say("address"): _stands(profile.address, signed),
            say("telephone"): _stands(profile.telephone, signed),
            say("e-mail"): _stands(profile.email, signed),
        }
    return [field for field, there in checks.items() if not there]


def _stands(value: str, signed: str) -> bool:
    return bool(value) and all(line in signed for line in value.split("\n"))


def _capitals(body: _Body) -> Iterator[Finding]:
    known = _TERMS | set(_own_words(body))
    shouted = [
        word
        for word in _SHOUTED.findall(body.prose)
        if len(word) >= _LONG_WORD_CHARS and word not in known and not _SIZE.fullmatch(word)
    ]
    if shouted:
        yield _warning(
            body,
            "letter-capitals",
            say("Words in capitals read as shouting: {words}", words=_listed(shouted)),
            say("Write them small; trade terms and models stay as they are."),
        )


def _own_words(body: _Body) -> Iterator[str]:
    """Words that are names: of the sender, and of what is attached."""
    texts = [*(body.letter.attached or ()), body.letter.sender]
    if body.profile is not None:
        profile = body.profile
        texts += [profile.name, profile.title, profile.company, profile.address, profile.website]
    for text in texts:
        yield from re.findall(r"[A-Z][A-Z']+", text)


def _slang(body: _Body) -> Iterator[Finding]:
    found = [match[0] for match in _SLANG.finditer(body.prose)]
    if found:
        yield _warning(
            body,
            "letter-short-forms",
            say("Short forms of a chat: {words}", words=_listed(found)),
            say("Write them out: as soon as possible, please, thank you."),
        )


def _exclamations(body: _Body) -> Iterator[Finding]:
    found = [match[0] for match in _REPEATED.finditer(body.prose)]
    if found:
        yield _warning(
            body,
            "letter-exclamation-marks",
            say("Repeated exclamation marks: {words}", words=_listed(found)),
            say("A full stop is enough."),
        )


def _dates(body: _Body) -> Iterator[Finding]:
    forms = [form for form, pattern in _DATES.items() if pattern.search(body.prose)]
    if len(forms) > 1:
        yield _warning(
            body,
            "letter-dates",
            say("Dates are written in several ways: {forms}", forms=_listed(forms)),
            say("Write all of them in one; 23 November 2026 is read alike everywhere."),
        )


def _full_width(body: _Body) -> Iterator[Finding]:
    if body.language != "en":
        return
    found = _FULL_WIDTH.findall(body.prose)
    if found:
        yield _warning(
            body,
            "letter-full-width",
            say("Chinese punctuation in an English letter: {marks}", marks=_listed(found)),
            say("Type it anew with the keyboard set to English."),
        )


_CHECKS: tuple[Callable[[_Body], Iterable[Finding]], ...] = (
    _placeholders,
    _attachments,
    _part_numbers,
    _signature,
    _capitals,
    _slang,
    _exclamations,
    _dates,
    _full_width,
)


def _without(text: str, names: Iterable[str]) -> str:
    """The text without these names; the longest first, because one may stand in another."""
    for name in sorted(set(names), key=len, reverse=True):
        if name:
            text = _as_named(name).sub(" ", text)
    return text


def _as_named(name: str) -> re.Pattern[str]:
    """A file's name where it stands as a whole, and not as the end of another one."""
    return re.compile(rf"(?<![A-Za-z0-9_.-]){re.escape(name)}(?![A-Za-z0-9_-])")


def _listed(words: Iterable[str]) -> str:
    """Each once, and no more than a person reads."""
    return " ".join([_short(word) for word in dict.fromkeys(words)][:8])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARS else f"{line[:_SHOWN_CHARS].rstrip()}..."
