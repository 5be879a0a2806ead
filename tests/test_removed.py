from __future__ import annotations

from photoprep.language import Sentence
from photoprep.removed import REMOVED, say_removed


def test_every_kind_has_a_name_of_its_own_that_can_be_translated() -> None:
    names = [say_removed(kind) for kind in REMOVED]
    assert all(isinstance(name, Sentence) for name in names)
    assert len(set(names)) == len(REMOVED)


def test_the_gravest_comes_first() -> None:
    assert REMOVED[0] == "position"
    assert REMOVED.index("serial-numbers") < REMOVED.index("camera")
