"""In which language the user of this computer reads, as far as photoprep speaks it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from photoprep.language import Language

_LANG_CHINESE = 0x04  # winnt.h; the lower ten bits of a language identifier


def system_language(environment: Mapping[str, str] | None = None) -> Language:
    """The user's language by the environment, as gettext has it; on Windows by the system too.

    ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` name a locale, the first that is set counting; unless
    that is C, the list in ``LANGUAGE`` goes before it. Every Chinese is "zh", all else English.
    """
    environment = os.environ if environment is None else environment
    variables = map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, variables), "")
    if not locale and sys.platform == "win32":
        return _windows_language()
    if locale.partition(".")[0] in {"", "C", "POSIX"}:
        return "en"
    for wanted in (*environment.get("LANGUAGE", "").split(":"), locale):
        spoken = wanted.lower().replace("-", "_").partition(".")[0].partition("_")[0]
        if spoken == "zh":
            return "zh"
        if spoken == "en":
            return "en"
    return "en"


def _windows_language() -> Language:
    if sys.platform != "win32":
        return "en"
    import ctypes

    identifier: int = ctypes.windll.kernel32.GetUserDefaultUILanguage()
    return "zh" if identifier & 0x3FF == _LANG_CHINESE else "en"
