"""What an SMTP server answers, and what that means for a person who sent a mail.

The enhanced code (RFC 3463) says more than the basic one, which servers choose with some freedom:
552 is a mail over the limit at one and a full mailbox at the other. So reasons go by the enhanced
code where there is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from photoprep.language import say
from photoprep.mail.items import one_line

_MAX_CHARS = 300
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer; ``text`` is one clean line of at most 300 characters."""

    code: int
    text: str = ""

    @property
    def enhanced(self) -> str:
        """The enhanced status code, ``5.3.4``; empty where there is none of the basic's class."""
        found = _ENHANCED.match(self.text)
        fits = found is not None and found[1] == str(self.code)[:1]
        return found[0].strip() if found is not None and fits else ""

    @property
    def is_taken(self) -> bool:
        """The server did, or will do, as it was told (RFC 5321, 4.2.1)."""
        return 200 <= self.code < 300

    @property
    def is_not_now(self) -> bool:
        """The same may do later."""
        return 400 <= self.code < 500

    @property
    def is_never(self) -> bool:
        """The same would be refused again."""
        return 500 <= self.code < 600

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


def reply_of(code: int, text: bytes) -> Reply:
    """The reply that came in these bytes: no control characters, so none for the terminal."""
    return Reply(code, one_line(text.decode("utf-8", "replace"))[:_MAX_CHARS])


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a server would not, and what can be done."""

    message: str
    hint: str


def reason_of(reply: Reply) -> Reason:
    """What a refusal (5yz) or a putting off (4yz) means."""
    if reply.is_not_now:
        return Reason(
            say("not now: {reply}", reply=str(reply)), say("Run the same again later to go on.")
        )
    subject_detail = reply.enhanced.partition(".")[2]
    if subject_detail in _BY_ENHANCED:
        reason = _BY_ENHANCED[subject_detail]
    elif subject_detail.partition(".")[0] in _BY_SUBJECT:
        reason = _BY_SUBJECT[subject_detail.partition(".")[0]]
    else:
        reason = _BY_CODE.get(reply.code, _OTHERWISE)
    told = say("{reason}: {reply}", reason=reason.message, reply=str(reply))
    return Reason(told, reason.hint)


_TOO_LARGE = Reason(
    say("the mail is too large for the server"),
    say("Prepare the folder again with a preset of smaller mails (max_bytes under [mail])."),
)
_FULL = Reason(
    say("the customer's mailbox is full"),
    say("Smaller mails would not help: tell the customer by other means, then run again."),
)
_NO_SUCH_USER = Reason(
    say("there is no such address"), say("Check the address, then send to the right one.")
)
_POLICY = Reason(
    say("the server does not let this mail pass"),
    say("Check that the account may send from its address; else ask the mail's administrator."),
)
_OTHERWISE = Reason(
    say("the server refuses"), say("Its words say why; ask the mail's administrator.")
)

# By subject and detail (RFC 3463, 3).
_BY_ENHANCED = {
    "3.4": _TOO_LARGE,
    "2.3": _TOO_LARGE,
    "2.2": _FULL,
    "2.1": Reason(
        say("the mailbox does not take mails"), say("Ask the customer for another address.")
    ),
    "1.8": _POLICY,
    "1.7": _POLICY,
}
_BY_SUBJECT = {"1": _NO_SUCH_USER, "7": _POLICY}
# By the basic code where there is nothing better (RFC 5321, 4.2.3).
_BY_CODE = {
    550: Reason(
        say("the mailbox is not to be had"),
        say("Check the address; the server's words may say more."),
    ),
    551: _NO_SUCH_USER,
    552: Reason(
        say("the mail is too large, or the mailbox full"),
        say("The server's words may say which; run again, or prepare smaller mails."),
    ),
    553: _NO_SUCH_USER,
    530: _POLICY,
    535: _POLICY,
}
