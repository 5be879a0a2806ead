"""What of a finished run has to be put into a store, kept there or taken away: arithmetic alone.

A record beside the files there says which of them photoprep has put there and how the store has
told of them since. What is listed and unchanged is photoprep's own to replace or remove; all else
is somebody else's. Each file is announced before it is put there, so that a run that is cut short
is known again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from photoprep.output_folder import MARKER, ORIGINALS_FOLDER, is_private
from photoprep.remote_store import RemoteObject

RECORD_NAME = f"{MARKER}/published.jsonl"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of ours in a store: its content, and the store's tag of it.

    Without a ``tag`` it is only announced, perhaps never finished; ``earlier_tag`` is then that of
    what of ours stood there before, if anything did.
    """

    sha256: str
    size_bytes: int
    tag: str = ""
    earlier_tag: str = ""

    def shows(self, found: RemoteObject) -> bool:
        """Whether this is the finished file."""
        return bool(self.tag) and (found.tag, found.size_bytes) == (self.tag, self.size_bytes)


@dataclass(frozen=True, slots=True)
class Local:
    """A finished file here: its hash and length."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with every path: ``put`` in their order, ``keep``, ``remove``.

    ``taken`` are the paths to be put at which somebody else's file stands.
    """

    put: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    entries: Mapping[str, Entry] = field(default_factory=dict)


def planned(
    wanted: Mapping[str, Local],
    there: Mapping[str, RemoteObject],
    record: Mapping[str, Entry],
    sha256_there: Callable[[RemoteObject], str],
) -> Plan:
    """The plan for what is ``wanted``, in that order, by what is ``there`` and the ``record``.

    ``sha256_there`` fetches a file for its hash; it is asked where a file of the right length
    stands that nothing else is known of. ``entries`` of the plan are the record to announce.
    """
    put, keep, taken = [], [], []
    entries: dict[str, Entry] = {}
    for path, local in wanted.items():
        found, known = there.get(path), record.get(path)
        new = Entry(local.sha256, local.size_bytes)
        if found is None:
            put.append(path)
        elif known and known.shows(found):
            if known.sha256 == local.sha256:
                keep.append(path)
                new = known
            else:
                put.append(path)
                new = Entry(local.sha256, local.size_bytes, earlier_tag=found.tag)
        elif found.size_bytes == local.size_bytes and sha256_there(found) == local.sha256:
            keep.append(path)
            if not (is_private(path) or (known and not known.tag)):
                continue  # somebody else's, and the same by chance: never to be taken away
            new = Entry(local.sha256, local.size_bytes, found.tag)
        elif is_private(path) or (known and _was_ours(known, found, sha256_there)):
            put.append(path)
            new = Entry(local.sha256, local.size_bytes, earlier_tag=found.tag)
        else:
            taken.append(path)
            continue
        entries[path] = new
    gone = [path for path in record if path not in wanted and path in there]
    remove = [
        path
        for path in gone
        if is_private(path) or _is_ours(record[path], there[path], sha256_there)
    ]
    entries |= {path: record[path] for path in remove}
    return Plan(tuple(put), tuple(keep), tuple(remove), tuple(taken), entries)


def finished(plan: Plan, there: Mapping[str, RemoteObject]) -> dict[str, Entry]:
    """The record when all is done, by what the store tells of the files then."""
    return {
        path: Entry(entry.sha256, entry.size_bytes, there[path].tag)
        for path, entry in plan.entries.items()
        if path in there and path not in plan.remove
    }


def is_published(path: str) -> bool:
    """Whether an output goes into the store: all but the record and what runs keep for later."""
    return not is_private(path) or path.startswith(f"{ORIGINALS_FOLDER}/")


def record_text(entries: Mapping[str, Entry]) -> str:
    """The record as it is kept: a line of JSON for each file, in the order of their paths."""
    return "".join(
        json.dumps([path, each.sha256, each.size_bytes, each.tag, each.earlier_tag]) + "\n"
        for path, each in sorted(entries.items())
    )


def record_of(text: str) -> dict[str, Entry]:
    """What a record says; lines that are none are passed over, and what they told of is not ours.

    A damaged record costs the ownership of what stood in it, never a file.
    """
    return dict(_entries(text.splitlines()))


def _entries(lines: Iterable[str]) -> Iterable[tuple[str, Entry]]:
    for line in lines:
        try:
            path, sha256, size_bytes, tag, earlier_tag = json.loads(line)
            entry = Entry(str(sha256), int(size_bytes), str(tag), str(earlier_tag))
        except (ValueError, TypeError):
            continue
        yield str(path), entry


def _is_ours(
    known: Entry, found: RemoteObject, sha256_there: Callable[[RemoteObject], str]
) -> bool:
    return known.shows(found) or _was_ours(known, found, sha256_there)


def _was_ours(
    known: Entry, found: RemoteObject, sha256_there: Callable[[RemoteObject], str]
) -> bool:
    """Whether it is what an announced file was to be, or what it was to replace."""
    if known.tag:
        return False
    if known.earlier_tag and found.tag == known.earlier_tag:
        return True
    return found.size_bytes == known.size_bytes and sha256_there(found) == known.sha256
