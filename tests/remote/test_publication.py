"""What is put into a store, kept there and taken away, held against a store that is remembered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from photoprep.output_folder import MARKER, is_private
from photoprep.remote_store import RemoteObject
from photoprep.walk.publication import (
    Entry,
    Local,
    Plan,
    finished,
    planned,
    record_of,
    record_text,
)

PREVIEW = f"{MARKER}/originals/a-1.jpg"
PATHS = ["photos/a.jpg", "photos/b.jpg", "mails/1.eml", "report.json", PREVIEW]
contents = st.sampled_from([b"one", b"two", b"three", b"four!"])
# As long as ours and never the same: that would be nobody's loss, and nothing could tell it apart.
their_contents = st.sampled_from([b"who", b"they", b"their"])
results = st.dictionaries(st.sampled_from(PATHS), contents, min_size=1)


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Remembered:
    """A store: the content and a tag of each file, the tag new whenever it is put there."""

    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    theirs: dict[str, bytes] = field(default_factory=dict)
    record: str = ""
    tags: int = 0

    def put(self, path: str, content: bytes) -> None:
        self.tags += 1
        self.files[path] = content, str(self.tags)
        self.theirs.pop(path, None)

    def put_by_somebody(self, path: str, content: bytes) -> None:
        self.put(path, content)
        self.theirs[path] = content

    def there(self) -> dict[str, RemoteObject]:
        return {
            path: RemoteObject(f"s3://shop/{path}", len(content), tag, 1, 2)
            for path, (content, tag) in self.files.items()
        }

    def sha256_there(self, found: RemoteObject) -> str:
        return sha256_of(self.files[found.address.removeprefix("s3://shop/")][0])

    def publish(self, wanted: Mapping[str, bytes], *, steps: int = 1000) -> Plan:
        """As ``publishing`` does, and killed after so many steps."""
        local = {path: Local(sha256_of(data), len(data)) for path, data in wanted.items()}
        plan = planned(local, self.there(), record_of(self.record), self.sha256_there)
        if plan.taken or not steps:
            return plan
        self.record = record_text(plan.entries)
        for path in plan.put[: steps - 1]:
            self.put(path, wanted[path])
        for path in plan.remove[: max(0, steps - 1 - len(plan.put))]:
            del self.files[path]
        if steps > 1 + len(plan.put) + len(plan.remove):
            self.record = record_text(finished(plan, self.there()))
        return plan


@settings(max_examples=400)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("publish"), results, st.integers(0, 8)),
            st.tuples(st.just("theirs"), st.sampled_from(PATHS), their_contents),
        ),
        max_size=8,
    ),
    results,
)
def test_somebody_else_s_files_stay_and_ours_are_what_is_wanted_however_often_it_is_killed(
    story: list[tuple[str, object, object]], wanted: dict[str, bytes]
) -> None:
    store = Remembered()
    for what, first, second in story:
        if what == "publish":
            assert isinstance(first, dict)
            assert isinstance(second, int)
            store.publish(first, steps=second)
        else:
            assert isinstance(first, str)
            assert isinstance(second, bytes)
            if not is_private(first):  # nobody but photoprep has anything there
                store.put_by_somebody(first, second)
        for path, content in store.theirs.items():
            assert store.files[path][0] == content
    plan = store.publish(wanted)
    for path in plan.taken:
        assert path in store.theirs
        assert store.files[path][0] != wanted[path]
    if not plan.taken:
        there = {path: content for path, (content, _) in store.files.items()}
        assert {path: there.get(path) for path in wanted} == wanted
        # Nothing of ours is left over, and the next run has nothing to do.
        assert {path for path in there if path not in wanted} <= set(store.theirs)
        assert store.publish(wanted) == Plan(keep=tuple(wanted), entries=record_of(store.record))


def test_a_file_of_somebody_with_the_very_content_stays_theirs() -> None:
    store = Remembered()
    store.put_by_somebody("photos/a.jpg", b"one")
    assert store.publish({"photos/a.jpg": b"one"}).keep == ("photos/a.jpg",)
    assert store.publish({"photos/b.jpg": b"two"}).remove == ()
    assert store.files["photos/a.jpg"][0] == b"one"


def test_files_are_put_in_the_order_in_which_they_are_wanted() -> None:
    wanted = {name: Local(sha256_of(name.encode()), 1) for name in ("z", "a", "report.json")}
    plan = planned(wanted, {}, {}, lambda _found: "")
    assert plan.put == ("z", "a", "report.json")


@given(
    st.dictionaries(
        st.text(min_size=1),
        st.builds(Entry, st.text(), st.integers(0), st.text(), st.text()),
    )
)
def test_a_record_is_read_as_it_was_written(entries: dict[str, Entry]) -> None:
    assert record_of(record_text(entries)) == entries


@given(st.text())
def test_a_damaged_record_names_what_it_still_says(damage: str) -> None:
    line = record_text({"photos/a.jpg": Entry("00", 1, "tag")})
    assert record_of(line + damage.replace("\r", "").replace("\n", "") + "\n" + line)[
        "photos/a.jpg"
    ] == Entry("00", 1, "tag")
