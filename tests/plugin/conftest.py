"""The plug-in of docs/plugins.md, installed once for all tests here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.distributions import documented_plugin, installed


@pytest.fixture(scope="session")
def qoi_plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that pip has installed the documented plug-in into."""
    project = documented_plugin(tmp_path_factory.mktemp("project"))
    return installed(project, tmp_path_factory.mktemp("installed"))
