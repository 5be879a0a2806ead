"""``python -m photoprep``: the same as the ``photoprep`` command."""

from photoprep.cli import run

if __name__ == "__main__":
    run()
