from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from photoprep.report import indented

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(
    PLAIN, lambda below: st.lists(below) | st.dictionaries(st.text(), below), max_leaves=30
)


@given(JSON)
def test_indented_json_is_what_python_writes(value: object) -> None:
    assert indented(value) == json.dumps(value, ensure_ascii=False, indent=2)
