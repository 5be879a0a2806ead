"""The letter's templates: found, compiled in a sandbox, and filled in block by block.

A letter's template is one file for the text (``en.txt``) and one for HTML (``en.html``), each of
six blocks. They are filled in one by one rather than as a whole, so that planning can weigh what
stands around the pictures and each picture's lines apart, once (``weights``).

Whoever writes a template is the user, but templates are passed on between colleagues, so they run
in jinja2's sandbox: no file but those beside them, no Python, no chance.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from photoprep.errors import PresetError
from photoprep.files import at_home
from photoprep.language import Language, say, say_list
from photoprep.preset import LetterSpec
from photoprep.profile import profile_path

if TYPE_CHECKING:
    from jinja2 import Environment, Template

Form = Literal["txt", "html"]
FORMS: tuple[Form, ...] = get_args(Form)
Block = Literal["opening", "heading", "picture", "excluded_heading", "excluded_picture", "ending"]
BLOCKS: tuple[Block, ...] = get_args(Block)

SHIPPED_FOLDER = Path(__file__).with_name("templates")

# What would end a line for one reader and not for another, or end the text: a template can make
# them ("\x00" in quotes), people's words come without.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

# What a template can do wrong while it is filled in, besides jinja2's own errors.
_MISTAKES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)


def own_templates_folder() -> Path:
    """Where the user's own templates lie, beside the profile; whether or not it is there yet."""
    return profile_path().parent / "templates"


def template_folder(letter: LetterSpec) -> Path:
    """The folder that has the templates of letters of this kind.

    ``letter.template`` names a folder, by its path or among the user's own. Without it the user's
    own folder goes before what is shipped, where it has this language's text.

    Raises:
        PresetError: there is no such folder, or no text in this language in it.

    """
    text_file = f"{letter.language}.txt"
    if not letter.template:
        own = own_templates_folder()
        return own if _is_file(own / text_file) else SHIPPED_FOLDER
    named = Path(at_home(letter.template))
    folder = named if named.name != letter.template else own_templates_folder() / named
    if _is_file(folder / text_file):
        return folder
    raise PresetError(
        say("There is no template of a letter here: {file} is missing.", file=text_file),
        hint=say(
            'letter.template in the preset names a folder, or one in {folder}; "photoprep letter '
            'new {folder}" writes templates to begin with.',
            folder=str(own_templates_folder()),
        ),
        path=folder,
    )


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """One file's blocks, compiled."""

    path: Path
    _template: Template

    def fill(self, block: Block, values: Mapping[str, object]) -> str:
        """The block with these values: whole lines, each ended by a line feed, or nothing.

        Raises:
            PresetError: the template asks for what is not there or does what cannot be done; the
                message names the line.

        """
        with _mistakes_told(self.path, self._template):
            context = self._template.new_context(dict(values))
            filled = "".join(self._template.blocks[block](context))
        text = _CONTROLS.sub("", filled)
        return text if not text or text.endswith("\n") else f"{text}\n"


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of letters in one language; ``html`` is missing where a folder has none.

    ``digest`` is a fingerprint of their texts, and of those that lie beside them.
    """

    text: LetterTemplate
    html: LetterTemplate | None
    digest: str


def load_templates(letter: LetterSpec) -> Templates:
    """Read and compile the templates of letters of this kind.

    Raises:
        PresetError: they are missing, cannot be read, are no templates or lack a block; the
            message names file and line.

    """
    folder = template_folder(letter)
    return _compiled(folder, letter.language, _digest(folder))


# Compiling takes as long as writing a hundred letters, and a run plans its series more than once.
@lru_cache(maxsize=4)
def _compiled(folder: Path, language: Language, digest: str) -> Templates:
    environment = _environment(folder)
    text = _load(environment, folder / f"{language}.txt")
    html = folder / f"{language}.html"
    return Templates(text, _load(environment, html) if _is_file(html) else None, digest)


def check_template(letter: LetterSpec) -> None:
    """Find out early whether a person's templates can be read; the shipped ones are not looked at.

    Raises:
        PresetError: as for ``load_templates``.

    """
    if is_own(letter):
        load_templates(letter)


def shipped_texts() -> dict[str, str]:
    """The shipped templates by their file names, for people to change."""
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(SHIPPED_FOLDER.iterdir())
        if path.suffix.removeprefix(".") in FORMS
    }


def is_own(letter: LetterSpec) -> bool:
    """Whether letters of this kind are written by templates that a person has changed.

    Raises:
        PresetError: as for ``template_folder``.

    """
    return template_folder(letter) != SHIPPED_FOLDER


def languages_in(folder: Path) -> list[Language]:
    """The languages that a folder of templates has a text in."""
    return [known for known in get_args(Language) if _is_file(folder / f"{known}.txt")]


def _environment(folder: Path) -> Environment:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        # Windows' editors put a byte-order mark in front.
        loader=FileSystemLoader(folder, encoding="utf-8-sig"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        # A name that is not known is a mistake, not an empty place in a customer's letter.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # The same letter at every run.
    del environment.filters["random"], environment.globals["lipsum"]
    return environment


def _load(environment: Environment, path: Path) -> LetterTemplate:
    with _mistakes_told(path, None):
        template = environment.get_template(path.name)
    missing = [block for block in BLOCKS if block not in template.blocks]
    if missing:
        raise PresetError(
            say("The template lacks the block {names}.", names=say_list(missing)),
            hint=say(
                "Each template has the blocks {names}; docs/letter.md tells what stands in them.",
                names=say_list(BLOCKS),
            ),
            path=path,
        )
    return LetterTemplate(path, template)


@contextmanager
def _mistakes_told(path: Path, template: Template | None) -> Iterator[None]:
    """jinja2's errors, and those of what a template calls, as ours; each with file and line."""
    from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

    try:
        yield
    except TemplateSyntaxError as error:
        where = Path(error.filename) if error.filename else path
        raise _refused(where, error.lineno, error.message or "") from error
    except TemplateNotFound as error:
        missing = say("there is no file {name} beside it", name=repr(str(error.name)))
        raise _refused(path, _line_of(error, template), missing) from error
    except TemplateError as error:
        raise _refused(path, _line_of(error, template), error.message or "") from error
    except UnicodeDecodeError as error:
        raise PresetError(
            say("The template is not UTF-8 text."),
            hint=say("Save it as UTF-8 and try again."),
            path=path,
        ) from error
    except OSError as error:
        raise PresetError(
            say(
                "The template cannot be read ({reason}).",
                reason=error.strerror or type(error).__name__,
            ),
            hint=say("Check the path and your rights to it."),
            path=path,
        ) from error
    except _MISTAKES as error:
        words = str(error) or type(error).__name__
        raise _refused(path, _line_of(error, template), words) from error


def _refused(path: Path, line: int, words: str) -> PresetError:
    return PresetError(
        say("Line {line} of the letter's template: {words}.", line=line, words=words.rstrip(".")),
        hint=say(
            'Mend that line, or begin anew from what "photoprep letter new" writes; '
            "docs/letter.md tells what may stand in a template."
        ),
        path=path,
    )


def _line_of(error: BaseException, template: Template | None) -> int:
    """The line of the template at which an error arose; 1 where that cannot be told."""
    line = 1
    trace = error.__traceback__
    while trace is not None and template is not None:
        if trace.tb_frame.f_code.co_filename == template.filename:
            line = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return line


def _digest(folder: Path) -> str:
    """A fingerprint of all files in the folder that may stand in a letter."""
    digest = hashlib.sha256()
    with _mistakes_told(folder, None):
        for path in sorted(folder.iterdir()):
            if path.suffix.removeprefix(".") in FORMS and _is_file(path):
                data = path.read_bytes()
                digest.update(len(data).to_bytes(8, "big") + os.fsencode(path.name) + data)
    return digest.hexdigest()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for the disk, a folder that may not be looked into
        return False
