"""Who signs the letters: the sender's profile, kept in the user's configuration folder.

The file is ``profile.toml``: eight texts, none of them required. Its place is the platform's
(``platformdirs``), or the folder that the environment variable PHOTOPREP_CONFIG_DIR names.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
import unicodedata
from dataclasses import dataclass, fields
from pathlib import Path

from photoprep.errors import CannotWriteError, PresetError
from photoprep.files import cannot_write, write_whole
from photoprep.language import say, say_both, say_list

_MAX_CHARS = 200
_EMAIL_MAX_CHARS = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
# The addresses that people have (RFC 5322, 3.4.1, without quoted local parts and literals).
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+"
)


class _FieldError(PresetError):
    """A value that a field cannot take; ``field`` says which, so that its line can be found."""

    field: str = ""


@dataclass(frozen=True, slots=True)
class SenderProfile:
    """The sender as the signature has them; every field may be empty.

    ``address`` may have several lines, the others have one. No control characters, invisible
    format characters or encoded words (RFC 2047) anywhere, so that name and e-mail can stand in a
    header; ``email`` is one plain ASCII address. White space at the ends is dropped.

    Raises:
        PresetError: a value breaks these rules; the message names the field.

    """

    name: str = ""
    title: str = ""
    company: str = ""
    address: str = ""
    telephone: str = ""
    fax: str = ""
    email: str = ""
    website: str = ""

    def __post_init__(self) -> None:
        for field in FIELDS:
            object.__setattr__(self, field, _checked(field, getattr(self, field)))


FIELDS: tuple[str, ...] = tuple(field.name for field in fields(SenderProfile))


def profile_path() -> Path:
    """Where the profile is kept, whether or not it is there yet."""
    return _settings_folder() / "profile.toml"


def words_path() -> Path:
    """Where a person keeps words of their own (see ``catalogue.vocabulary``), if there are any."""
    return _settings_folder() / "words.toml"


def accounts_path() -> Path:
    """Where mail accounts are kept (see ``mail.accounts``), whether or not there are any."""
    return _settings_folder() / "accounts.toml"


def watch_path() -> Path:
    """Where the daemon of a watched folder is told what to do (see ``watch.config``)."""
    return _settings_folder() / "watch.toml"


def _settings_folder() -> Path:
    folder = os.environ.get("PHOTOPREP_CONFIG_DIR")
    if folder:
        return Path(folder)
    # Imported here, because workers import this module's room and never ask.
    from platformdirs import user_config_path

    return user_config_path("photoprep", appauthor=False)


def load_profile(path: Path | None = None) -> SenderProfile | None:
    """Read the profile; ``None`` when there is no such file, which is no error.

    Raises:
        PresetError: the file cannot be read, is no TOML in UTF-8, has a key that is unknown or a
            value that a field cannot take; the message names the line.

    """
    path = profile_path() if path is None else path
    text = _read(path)
    if text is None:
        return None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PresetError(
            say("This is not valid TOML: {detail}.", detail=str(error)),
            hint=say('Each line reads key = "text", with the text in straight quotes.'),
            path=path,
        ) from error
    for key in values:
        if key not in FIELDS:
            raise PresetError(
                say("Line {line}: unknown key {key}.", line=_line_of(key, text), key=repr(key)),
                hint=_nearest_hint(key),
                path=path,
            )
    try:
        return SenderProfile(**values)
    except _FieldError as error:
        raise PresetError(
            say(
                "Line {line}: {message}",
                line=_line_of(error.field, text),
                message=error.message,
            ),
            hint=error.hint,
            path=path,
        ) from error


def save_profile(profile: SenderProfile, path: Path | None = None) -> Path:
    """Write the profile whole, replacing an earlier one; returns where it is now.

    Raises:
        CannotWriteError: the folder or the file cannot be written.

    """
    path = profile_path() if path is None else path
    hint = say("Check your rights to this folder, or name another in PHOTOPREP_CONFIG_DIR.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(
            path,
            profile_text(profile).encode("utf-8"),
            temporary=path.with_name(f".{path.name}.{os.getpid()}.tmp"),
        )
    except OSError as error:
        raise CannotWriteError(cannot_write(path, error).message, hint=hint, path=path) from error
    except CannotWriteError as error:
        raise CannotWriteError(error.message, hint=hint, path=path) from error
    return path


def profile_text(profile: SenderProfile) -> str:
    """The profile as TOML, every field on a line of its own, ready to be edited by hand."""
    lines = ["# The sender, as letters are signed. An empty field is left out of the signature."]
    for field in FIELDS:
        value: str = getattr(profile, field)
        # What JSON escapes, and how, is right in TOML too (TOML 1.0, "Basic strings").
        escaped = [json.dumps(line, ensure_ascii=False)[1:-1] for line in value.split("\n")]
        if len(escaped) > 1:
            lines += [f'{field} = """', *escaped[:-1], f'{escaped[-1]}"""']
        else:
            lines.append(f'{field} = "{escaped[0]}"')
    return "\n".join(lines) + "\n"


def _read(path: Path) -> str | None:
    try:
        # Windows' editors put a byte-order mark in front, which TOML does not know.
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PresetError(
            say("The sender's profile cannot be read ({reason}).", reason=reason),
            hint=say("Check your rights to the file."),
            path=path,
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PresetError(
            say("Line {line}: this is not UTF-8 text.", line=line),
            hint=say("Open the file in an editor and save it in the encoding UTF-8."),
            path=path,
        ) from error


def _line_of(key: str, text: str) -> int:
    """The line on which a top-level key is given a value; 1 when it is written in a rare way."""
    pattern = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[=.\]]")
    for number, line in enumerate(text.split("\n"), start=1):
        if pattern.match(line):
            return number
    return 1


def _nearest_hint(key: str) -> str:
    nearest = difflib.get_close_matches(key.lower(), FIELDS, n=1)
    known = say("The known keys are {keys}.", keys=say_list(FIELDS))
    if not nearest:
        return known
    return say_both(say("Did you mean {word}?", word=repr(nearest[0])), known)


def _refuse(field: str, message: str, hint: str) -> _FieldError:
    error = _FieldError(message, hint=hint)
    error.field = field
    return error


def _checked(field: str, value: object) -> str:
    """The value without white space at its ends, and without empty lines.

    Raises:
        PresetError: the field cannot take the value.

    """
    if not isinstance(value, str):
        raise _refuse(
            field,
            say("'{field}' is no text, but {value}.", field=field, value=repr(value)),
            say('Write it in quotes: {field} = "…".', field=field),
        )
    lines = [line.strip() for line in value.replace("\r\n", "\n").strip().split("\n")]
    if field != "address" and len(lines) > 1:
        raise _refuse(
            field,
            say("'{field}' has more than one line.", field=field),
            say("Only the address may have several lines."),
        )
    text = "\n".join(line for line in lines if line)
    if any(unicodedata.category(c) in _UNSEEN_CATEGORIES for c in text.replace("\n", "")):
        raise _refuse(
            field,
            say("'{field}' has an invisible character in it.", field=field),
            say("Type the text anew."),
        )
    if "=?" in text:
        raise _refuse(
            field,
            say("'{field}' has =? in it, which mail readers decode.", field=field),
            say("Write it without."),
        )
    if len(text) > _MAX_CHARS and field != "email":
        raise _refuse(
            field,
            say("'{field}' has more than {most} characters.", field=field, most=_MAX_CHARS),
            say("Shorten it."),
        )
    if field == "email" and text and not _is_address(text):
        raise _refuse(
            field,
            say("'{field}' is no e-mail address: {text}.", field=field, text=repr(text)),
            say("Write one address, as sales@example.com."),
        )
    return text


# Control, format, surrogate and private characters, and the separators of lines and paragraphs.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def _is_address(text: str) -> bool:
    return len(text) <= _EMAIL_MAX_CHARS and _EMAIL.fullmatch(text) is not None
