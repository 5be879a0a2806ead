"""A picture over which its process died, was late or ran out of memory: by which plug-in, if any.

Whoever died or was killed can tell nothing, and who has no memory left tells that alone; why it is
so is known to nobody. But which plug-in reads such a file is known from its first bytes, and a
decoder in C that a plug-in brings is what is met least.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from photoprep.errors import (
    NotEnoughMemoryError,
    PhotoError,
    PhotoTimeoutError,
    WorkerDiedError,
)
from photoprep.installed import DECODERS, plugin_entries
from photoprep.language import say, say_both
from photoprep.walk.content import kind_of
from photoprep.walk.intake import Candidate

if TYPE_CHECKING:
    from photoprep.plugged import DecoderPlugin


def with_plugin(error: PhotoError, file: Candidate) -> PhotoError:
    """The error; one that tells of no decoder names the plug-in that reads such files, if one does.

    It was kept when the file was found. The head of one that was recognised from outside then is
    read now, unless it was late: it may lie on a share that hangs.
    """
    untold = isinstance(error, WorkerDiedError | PhotoTimeoutError | NotEnoughMemoryError)
    if not untold or not plugin_entries(DECODERS):
        return error
    may_be_read = not isinstance(error, PhotoTimeoutError)
    plugged = file.plugged or (_reader_of(file) if may_be_read else None)
    if plugged is None:
        return error
    named = _crashed(plugged) if isinstance(error, WorkerDiedError) else _beside(error, plugged)
    named.path = error.path
    named.__cause__ = error
    return named


def _crashed(plugged: DecoderPlugin) -> WorkerDiedError:
    return WorkerDiedError(
        say(
            "The process at work on it crashed or was killed, perhaps for want of memory, or by "
            "the plug-in {plugin}, which reads {kind} files.",
            plugin=plugged.plugin,
            kind=plugged.decoder.format_name,
        ),
        hint=say("Update the plug-in or tell its author, or export the picture as JPEG or PNG."),
    )


def _beside(error: PhotoError, plugged: DecoderPlugin) -> PhotoError:
    """The same error, with the plug-in named behind what it says."""
    reader = say(
        "{kind} files are read by the plug-in {plugin}.",
        kind=plugged.decoder.format_name,
        plugin=plugged.plugin,
    )
    then = say("If that does not help, update the plug-in or tell its author.")
    return type(error)(say_both(error.message, reader), hint=say_both(error.hint, then))


def _reader_of(file: Candidate) -> DecoderPlugin | None:
    try:
        kind = kind_of(file)
    except PhotoError:  # it is gone since
        return None
    return kind.plugged if kind else None
