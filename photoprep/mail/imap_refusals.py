"""What an IMAP server's no means, by the code in its answer (RFC 5530; RFC 7889, 4; RFC 4469)."""

from __future__ import annotations

import re

from photoprep.errors import AccountError, MailRefusedError, PhotoprepError, TryLaterError
from photoprep.language import say

_CODE = re.compile(r"\[([A-Z][A-Z0-9-]*)[^\]]*\]", re.IGNORECASE)

# How imapclient and imaplib wrap a server's words: "append failed: …", and where it is a BAD,
# "APPEND command error: BAD [b'…']".
_WRAPPED = re.compile(r"\w+ failed: (.*)|\w+ command error: BAD \[b['\"](.*)['\"]\]", re.DOTALL)

_LATER = {"UNAVAILABLE", "INUSE", "SERVERBUG"}
_NOT_LET_IN = {"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED"}
_NO_FOLDER = {"TRYCREATE", "NONEXISTENT"}


def answer_code(answer: str) -> str:
    """The response code in an answer, in capitals; empty where there is none."""
    found = _CODE.search(own_words(answer))
    return found[1].upper() if found else ""


def own_words(answer: str) -> str:
    """The server's own words in what a library says of its answer."""
    found = _WRAPPED.fullmatch(answer)
    return (found[1] or found[2] or answer) if found else answer


def refusal(host: str, what: str, answer: str) -> PhotoprepError:
    """The error for a server's no; ``what`` it was asked or given, and its own words for it."""
    words = own_words(answer)
    message = say('{host} said no when it {what}: "{answer}".', host=host, what=what, answer=words)
    match answer_code(answer):
        case code if code in _LATER:
            hint = say("Run again later: what is there already is not added twice.")
            return TryLaterError(message, hint=hint)
        case "OVERQUOTA":
            return MailRefusedError(
                message,
                hint=say(
                    "The mailbox is full: delete what is not needed, then run again. What is "
                    "there already is not added twice."
                ),
            )
        case "TOOBIG" | "LIMIT":
            return MailRefusedError(
                message,
                hint=say(
                    "The mail is larger than this server takes: lower max_bytes under [mail] in "
                    "the preset, and prepare again."
                ),
            )
        case code if code in _NO_FOLDER:
            return AccountError(message, hint=say("Say the folder with --folder NAME."))
        case code if code in _NOT_LET_IN:
            return AccountError(message, hint=_LET_IN)
        case _:
            return MailRefusedError(
                message, hint=say("Ask whoever runs the mail server what this means.")
            )


_LET_IN = say(
    "Check the account's username and password; many services want a password made for programs, "
    "in the settings of the account."
)


def not_let_in(host: str, username: str, answer: str) -> PhotoprepError:
    """The error for a sign-in that was refused."""
    if answer_code(answer) in _LATER:
        return refusal(host, say("was asked to sign in {username}", username=username), answer)
    return AccountError(
        say(
            '{host} does not let {username} in: "{answer}".',
            host=host,
            username=username,
            answer=own_words(answer),
        ),
        hint=_LET_IN,
    )
