"""Who a mail goes to or comes from: one address and perhaps a name, fit to stand in a header.

What a person types may be pasted from anywhere. Whatever could end a header line, hide in one or
be decoded into something else is refused with a sentence; nothing is quietly left out, because a
mail that goes to somebody else than was meant cannot be called back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.header import Header

from photoprep.errors import UsageError
from photoprep.language import say

_NAME_MAX_CHARS = 100
_LOCAL_MAX_CHARS = 64  # RFC 5321, 4.5.3.1.1
_ADDRESS_MAX_CHARS = 254  # 4.5.3.1.3, less the angle brackets
_DOMAIN_MAX_CHARS = 253
_ENCODED_WORD_CHARS = 75  # RFC 2047, 2
_SHORT_NAME_CHARS = 20

# A dot-atom (RFC 5322, 3.2.3); quoted local parts and address literals are nobody's in the trade.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# Labels of letters, digits and hyphens (RFC 5321, 4.1.2), at least two of them.
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})+")
_WITH_NAME = re.compile(r'("(?P<quoted>[^"\\<>]*)"|(?P<plain>[^"\\<>]*))\s*<(?P<address>[^<>]*)>')
# What a name may hold without quotes: atoms and spaces between them (RFC 5322, 3.2.5).
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
# Control, format, surrogate and private characters, and the separators of lines and paragraphs.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address in ASCII, its domain in A-labels (RFC 5890) and lower case; a name or none.

    ``key`` is the same for two spellings of one address: what was sent to one was sent to both.
    Made by ``parse_mailbox``, which holds what is promised here.
    """

    address: str
    name: str = ""
    key: str = field(init=False)

    def __post_init__(self) -> None:
        # By RFC 5321, 2.4, a local part may be told apart by case; no provider of today does.
        object.__setattr__(self, "key", self.address.lower())

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


def parse_mailbox(text: str) -> Mailbox:
    """The one mailbox that a person wrote: ``a@b.example`` or ``Name <a@b.example>``.

    A domain of any script becomes its A-labels; a local part beyond ASCII is refused, because it
    would need SMTPUTF8 (RFC 6531) at every server on the way.

    Raises:
        UsageError: it is no such thing, or holds what must not come near a header.

    """
    if any(unicodedata.category(character) in _UNSEEN_CATEGORIES for character in text):
        raise UsageError(
            say("{text} has a line break or an invisible character in it.", text=repr(text)),
            hint=say("Type the address anew instead of pasting it."),
        )
    if "=?" in text:
        raise UsageError(
            say("{text} has =? in it, which mail readers decode.", text=repr(text)),
            hint=say("Write the name without."),
        )
    text = unicodedata.normalize("NFC", text.strip())
    with_name = _WITH_NAME.fullmatch(text)
    name, address = "", text
    if with_name:
        name = " ".join((with_name["quoted"] or with_name["plain"] or "").split())
        address = with_name["address"].strip()
    if len(name) > _NAME_MAX_CHARS:
        raise UsageError(
            say(
                "The name in {text} has more than {most} characters.",
                text=repr(text),
                most=_NAME_MAX_CHARS,
            ),
            hint=say("Shorten it."),
        )
    if "," in address or ";" in address:
        raise UsageError(
            say("{text} is more than one address.", text=repr(text)),
            hint=say("Give each address an option of its own: --to A --to B."),
        )
    local, at, domain = address.rpartition("@")
    if at and not local.isascii():
        raise UsageError(
            say("{text} has letters beyond ASCII before the @.", text=repr(text)),
            hint=say(
                "Not every mail server takes such an address: ask for another one of the same "
                "person."
            ),
        )
    labels = _in_a_labels(domain)
    if (
        not _LOCAL.fullmatch(local)
        or len(local) > _LOCAL_MAX_CHARS
        or not labels
        or len(f"{local}@{labels}") > _ADDRESS_MAX_CHARS
    ):
        raise UsageError(
            say("{text} is no e-mail address.", text=repr(text)),
            hint=say('Write one address, as sales@example.com or "Name <sales@example.com>".'),
        )
    return Mailbox(f"{local}@{labels}", name)


def host_in_a_labels(host: str) -> str:
    """A host's name in lower-case A-labels, such as ``localhost``; empty where it is none."""
    if re.fullmatch(_LABEL, host):
        return host.lower()
    return _in_a_labels(host)


def _in_a_labels(domain: str) -> str:
    """The domain in lower-case A-labels, at least two of them; empty where it is no domain."""
    if not domain.isascii():
        # The standard library knows IDNA 2003 alone, which sends straße.de to strasse.de.
        import idna

        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            return ""
    if len(domain) > _DOMAIN_MAX_CHARS or not _DOMAIN.fullmatch(domain):
        return ""
    return domain.lower()


def header_line(name: str, mailboxes: Sequence[Mailbox]) -> bytes:
    """A header of addresses as it goes onto the wire: one mailbox a line, CRLF at its end."""
    listed = ",\r\n ".join(map(_in_a_header, mailboxes))
    return f"{name}: {listed}\r\n".encode("ascii")


def _in_a_header(mailbox: Mailbox) -> str:
    if not mailbox.name:
        return mailbox.address
    if _PLAIN_NAME.fullmatch(mailbox.name):
        name = mailbox.name
    elif mailbox.name.isascii():
        name = f'"{mailbox.name}"'  # it has no quote and no backslash: ``parse_mailbox``
    else:
        # Less the longest header's own name, so that the first line keeps to its length too.
        coded = Header(mailbox.name, "utf-8", maxlinelen=_ENCODED_WORD_CHARS, header_name="From")
        name = coded.encode(linesep="\r\n")
    # A long name and a long address would not keep to one line of 78.
    between = "\r\n " if len(name) > _SHORT_NAME_CHARS else " "
    return f"{name}{between}<{mailbox.address}>"
