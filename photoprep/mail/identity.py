"""How mails of a series know each other: identifiers made of what they say, and threading.

A Message-ID here is a hash: the same series has the same ones at every run and on every machine,
and another picture or another word makes others (RFC 5322, 3.6.4, wants no more than that no two
messages share one). All are of one length, so that a message can be weighed before it is known.

Mail programs may give a draft a new Message-ID when it is edited, and part 2, which answers part 1,
would then answer nobody. So all parts of a series also name its *root*, which is the Message-ID of
no message: readers put messages with a reference in common into one thread
(the algorithm of RFC 5256, 3, makes an empty container of it).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from photoprep.mail.enquiry import Enquiry

# RFC 2606, 2: a domain that will never be anybody's.
NO_DOMAIN = "photoprep.invalid"
_HASH_CHARS = 32


@dataclass(frozen=True, slots=True)
class Series:
    """Who the messages of a series are: ``root`` is their common reference, in angle brackets."""

    root: str
    domain: str

    @classmethod
    def of(cls, *everything: object, sender_address: str = "") -> Series:
        """The series that is made of ``everything`` (data that JSON can take)."""
        domain = sender_address.rpartition("@")[2].lower() or NO_DOMAIN
        return cls(f"<{_hashed(everything)}.series@{domain}>", domain)

    def message_id(self, *everything: object) -> str:
        """The Message-ID of the mail of this series that is made of ``everything``."""
        return f"<{_hashed((self.root, everything))}.mail@{self.domain}>"


def threading(
    series: Series, message_id: str, *, answers: str = "", enquiry: Enquiry | None = None
) -> tuple[tuple[str, str], ...]:
    """The three headers that give a mail its place in a thread (RFC 5322, 3.6.4).

    ``answers`` is the Message-ID of part 1, empty for part 1 itself, which answers the enquiry
    where there is one.
    """
    references = [series.root]
    if enquiry is not None:
        references += [*enquiry.references, enquiry.message_id]
        answered = answers or enquiry.message_id
    else:
        answered = answers
    if answers:
        references.append(answers)
    headers = [("Message-ID", message_id)]
    if answered:
        headers.append(("In-Reply-To", answered))
    return (*headers, ("References", " ".join(references)))


def _hashed(everything: object) -> str:
    data = json.dumps(everything, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return hashlib.sha256(data).hexdigest()[:_HASH_CHARS]
