"""Letters as others would read them: out of finished messages, or out of a person's own files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from photoprep.errors import UsageError
from photoprep.language import Language, say
from photoprep.mail.items import one_line
from photoprep.mail.message import MessagePlan

MAILS_FOLDER = "mails"
# A mail of ours is below a megabyte; what is larger than this is none.
_MOST_BYTES = 50_000_000
_TEXT_ENDINGS = (".txt", ".md", "")
_HTML_ENDINGS = (".html", ".htm")
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
# What a terminal would obey; a message comes from anywhere.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"[ \t\r\f\v]+")


@dataclass(frozen=True, slots=True)
class ReadLetter:
    """One letter: ``text`` and what its HTML says, with what is attached to it.

    ``name`` is how it is called where something is said of it. ``html_text`` is the words of its
    HTML, line by line, and empty where there is none. ``attached`` are file names in their order,
    and None where it is no message but the letter alone.
    """

    name: str
    text: str
    html_text: str = ""
    html: str = ""
    subject: str = ""
    sender: str = ""
    attached: tuple[str, ...] | None = None

    @property
    def language(self) -> Language:
        """Which of our two languages it is in, by its letters: one character is a word there."""
        text = self.text or self.html_text
        return "zh" if len(_HAN.findall(text)) > len(_LATIN_WORD.findall(text)) else "en"


def read_letters(path: Path) -> list[ReadLetter]:
    """The letters in an output folder, or the one in a file: a message (.eml), a text, or HTML.

    Raises:
        UsageError: there is nothing there that could be a letter, or it cannot be read.

    """
    try:
        if not path.is_dir():
            return [_read(path, path.name)]
        folder = path / MAILS_FOLDER if (path / MAILS_FOLDER).is_dir() else path
        mails = sorted(each for each in folder.iterdir() if each.suffix.lower() == ".eml")
    except OSError as error:
        raise _unreadable(path, error) from error
    if not mails:
        raise UsageError(
            say("There are no mails in this folder."),
            hint=say("Name an output folder of photoprep, or one .eml, .txt or .html file."),
            path=path,
        )
    return [_read(each, each.name) for each in mails]


def _read(path: Path, name: str) -> ReadLetter:
    ending = path.suffix.lower()
    if ending != ".eml" and ending not in (*_TEXT_ENDINGS, *_HTML_ENDINGS):
        raise UsageError(
            say("A letter is read from .eml, .txt and .html files, not from this one."),
            hint=say("Name an output folder of photoprep, or one .eml, .txt or .html file."),
            path=path,
        )
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(
                say("This file is far too large for a letter."),
                hint=say("Name an output folder of photoprep, or one .eml, .txt or .html file."),
                path=path,
            )
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    if ending == ".eml":
        return letter_in(data, name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            say("The letter is not UTF-8 text."),
            hint=say("Save it as UTF-8 and try again."),
            path=path,
        ) from error
    if ending in _HTML_ENDINGS:
        return ReadLetter(name, "", words_of_html(text), text)
    return ReadLetter(name, _plain(text))


def planned_letter(plan: MessagePlan, name: str) -> ReadLetter:
    """The letter of a mail that is planned, as its reader will find it."""
    headers = dict(plan.headers)
    return ReadLetter(
        name,
        _plain(plan.text),
        words_of_html(plan.html),
        plan.html,
        plan.subject,
        headers.get("From", ""),
        tuple(item.filename for item in plan.attachments),
    )


def letter_in(data: bytes, name: str) -> ReadLetter:
    """The letter in a message; a part that makes no sense is taken as it stands."""
    import email
    import email.policy
    from email.message import EmailMessage

    message = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)
    text, html, attached = "", "", list[str]()
    for part in message.walk():
        if part.is_multipart():
            continue
        if part.is_attachment() or part.get_content_maintype() != "text":
            attached.append(one_line(part.get_filename() or ""))
        elif part.get_content_subtype() == "html":
            html = html or _content(part)
        else:
            text = text or _plain(_content(part))
    return ReadLetter(
        name,
        text,
        words_of_html(html),
        html,
        one_line(str(message.get("Subject", ""))),
        one_line(str(message.get("From", ""))),
        tuple(attached),
    )


def _content(part: object) -> str:
    from email.message import EmailMessage

    if not isinstance(part, EmailMessage):
        return ""
    try:
        return _CONTROLS.sub("", str(part.get_content()).replace("\r\n", "\n"))
    except (LookupError, ValueError):  # a charset that nobody knows
        payload = part.get_payload(decode=True)
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
        return _CONTROLS.sub("", text)


def words_of_html(html: str) -> str:
    """What HTML says, one line for a paragraph, a row of a table or a broken line."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return _plain("".join(reader.said))


class _Words(HTMLParser):
    """Collects what is shown, with line breaks where a browser makes them."""

    _BREAKS = frozenset({"br", "p", "tr", "table", "div", "li", "ul", "ol", "h1", "h2", "h3"})
    _UNSEEN = frozenset({"style", "script", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in self._UNSEEN:
            self._unseen += 1
        elif tag in self._BREAKS:
            self.said.append("\n")
        elif tag == "td":
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in self._BREAKS and tag != "br":
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(data.replace("\n", " "))


def _plain(text: str) -> str:
    """The text with plain line feeds, without spaces at the ends of lines."""
    lines = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return "\n".join(_SPACES.sub(" ", line).strip() for line in lines)


def _unreadable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        say("The letter cannot be read ({reason}).", reason=error.strerror or type(error).__name__),
        hint=say("Name an output folder of photoprep, or one .eml, .txt or .html file."),
        path=path,
    )
