"""A picture over which its process died: which plug-in was asked to decode it, where one was.

Whoever died can tell nothing, and why it did is known to nobody. But which plug-in reads such a
file is known from its first bytes, and a decoder in C that a plug-in brings is what is met least.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from photoprep.errors import PhotoError, WorkerDiedError
from photoprep.installed import DECODERS, plugin_entries
from photoprep.language import say
from photoprep.walk.content import kind_of
from photoprep.walk.intake import Candidate

if TYPE_CHECKING:
    from photoprep.plugged import DecoderPlugin


def with_plugin(error: PhotoError, file: Candidate) -> PhotoError:
    """The error; that of a process that died names the plug-in that reads such files, if one does.

    Only then is the file's head read.
    """
    if not isinstance(error, WorkerDiedError) or not plugin_entries(DECODERS):
        return error
    plugged = _reader_of(file)
    if plugged is None:
        return error
    named = WorkerDiedError(
        say(
            "The process at work on it crashed or was killed, perhaps for want of memory, or by "
            "the plug-in {plugin}, which reads {kind} files.",
            plugin=plugged.plugin,
            kind=plugged.decoder.format_name,
        ),
        hint=say("Update the plug-in or tell its author, or export the picture as JPEG or PNG."),
        path=error.path,
    )
    named.__cause__ = error
    return named


def _reader_of(file: Candidate) -> DecoderPlugin | None:
    try:
        kind = kind_of(file)
    except PhotoError:  # it is gone since
        return None
    return kind.plugged if kind else None
