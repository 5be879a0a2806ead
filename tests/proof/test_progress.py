"""The bar of a run on a terminal, as the terminal gets it."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from photoprep.proof.progress import RunProgress


def shown(*silent_s: float) -> str:
    """The last line of a bar that was told so much of a cluster's silence."""
    terminal = StringIO()
    console = Console(file=terminal, force_terminal=True, width=120, color_system=None)
    with RunProgress(lambda: console, lambda: "en") as progress:
        progress.silent(10)  # nothing is shown yet, nor is this
        progress.photos(3, 10)
        for each_s in silent_s:
            progress.silent(each_s)
    return terminal.getvalue().rpartition("Preparing photos")[2]


def test_a_silent_cluster_is_told_beside_the_step_until_it_speaks_again() -> None:
    assert "3/10" in shown()
    assert "silent" not in shown()
    assert shown(12.4, 13.4).startswith(" · the cluster has been silent for 13 seconds ")
    assert "3/10" in shown(12.4)
    assert "silent" not in shown(12.4, 0)
