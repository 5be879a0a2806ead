"""A real Thunderbird on a screen of its own, with a throw-away profile, driven by keys."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
# Debian packages thunderbird, xvfb, xdotool and imagemagick.
PROGRAMS = ("thunderbird", "Xvfb", "xdotool", "import")
# Nothing here depends on how long it takes; a slow machine may take so long for each step.
_STEP_S = 60
_LOST_KEYS_S = 10
_STILL_S, _STILL_LOOKS = 2.0, 4

_SETTINGS = """
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultClient", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("datareporting.policy.dataSubmissionPolicyBypassNotification", true);
user_pref("mail.compose.attachment_reminder", false);
user_pref("mail.provider.suppress_dialog_on_startup", true);
user_pref("mail.rights.version", 1);
user_pref("mail.shell.checkDefaultClient", false);
user_pref("mail.spotlight.firstRunDone", true);
user_pref("mail.warn_on_send_accel_key", false);
user_pref("mailnews.start_page.enabled", false);
user_pref("mailnews.start_page_override.mstone", "ignore");
user_pref("network.proxy.type", 0);
user_pref("toolkit.telemetry.enabled", false);
user_pref("ui.caretBlinkTime", 0);
user_pref("mail.accountmanager.accounts", "account1,account2");
user_pref("mail.accountmanager.defaultaccount", "account1");
user_pref("mail.accountmanager.localfoldersserver", "server2");
user_pref("mail.account.account1.identities", "id1");
user_pref("mail.account.account1.server", "server1");
user_pref("mail.account.account2.server", "server2");
user_pref("mail.identity.id1.fullName", "Li Na");
user_pref("mail.identity.id1.useremail", "li.na@example.com");
user_pref("mail.identity.id1.valid", true);
user_pref("mail.identity.id1.smtpServer", "smtp1");
user_pref("mail.identity.id1.draft_folder", "mailbox://nobody@Local%20Folders/Drafts");
user_pref("mail.identity.id1.fcc", false);
user_pref("mail.server.server1.type", "pop3");
user_pref("mail.server.server1.hostname", "localhost");
user_pref("mail.server.server1.userName", "li.na");
user_pref("mail.server.server1.check_new_mail", false);
user_pref("mail.server.server1.login_at_startup", false);
user_pref("mail.server.server2.type", "none");
user_pref("mail.server.server2.hostname", "Local Folders");
user_pref("mail.server.server2.userName", "nobody");
user_pref("mail.smtpservers", "smtp1");
user_pref("mail.smtp.defaultserver", "smtp1");
user_pref("mail.smtpserver.smtp1.hostname", "127.0.0.1");
user_pref("mail.smtpserver.smtp1.port", {smtp_port});
user_pref("mail.smtpserver.smtp1.try_ssl", 0);
user_pref("mail.smtpserver.smtp1.authMethod", 1);
"""


@dataclass
class Thunderbird:
    """One whose window for writing is open and has the keyboard."""

    folder: Path
    environment: dict[str, str]
    window: str

    def press_until(self, keys: str, found: Callable[[], T | None]) -> T:
        """Press keys in the window for writing until something has come of them.

        One that has just come up, or is at work, loses keys.
        """

        def pressed() -> T | None:
            # Gone with its window, when they did what they should a moment ago.
            with suppress(subprocess.SubprocessError):
                self._xdotool("windowfocus", self.window, "key", "--clearmodifiers", keys)
            with suppress(TimeoutError):
                return until(found, step_s=_LOST_KEYS_S)
            return None

        return until(pressed)

    def wait_until_still(self) -> None:
        """Wait until nothing moves on the screen: whoever saves sooner may save half a message."""
        seen: list[bytes] = []

        def still() -> bool:
            grabbed = subprocess.run(
                ["import", "-window", "root", "-depth", "8", "rgb:-"],
                env=self.environment,
                capture_output=True,
                check=True,
                timeout=_STEP_S,
            )
            seen.append(grabbed.stdout)
            time.sleep(_STILL_S / _STILL_LOOKS)
            return len(seen) > _STILL_LOOKS and len(set(seen[-_STILL_LOOKS:])) == 1

        until(still)

    def saved_draft(self) -> bytes:
        """Save, and the message as it then stands in the folder for drafts."""
        return self.press_until("ctrl+s", self._last_draft)

    def _last_draft(self) -> bytes | None:
        for path in self.folder.glob("profile/Mail/*/Drafts"):
            _, begun, last = (b"\n" + path.read_bytes()).rpartition(b"\nFrom - ")
            lines = last.splitlines(keepends=True)[1:]
            while lines and lines[0].startswith(b"X-Mozilla-"):  # the folder's, not the message's
                del lines[0]
            message = b"".join(lines).rstrip()
            if begun and message.endswith(b"--"):  # the last boundary: it is there as a whole
                return message + b"\r\n"
        return None

    def _xdotool(self, *arguments: str) -> None:
        subprocess.run(
            ["xdotool", *arguments],
            env=self.environment,
            check=True,
            capture_output=True,
            timeout=_STEP_S,
        )


def until(found: Callable[[], T | None], *, step_s: float = _STEP_S) -> T:
    """What ``found`` gives as soon as it gives something."""
    deadline = time.monotonic() + step_s
    while True:
        thing = found()
        if thing:
            return thing
        if time.monotonic() > deadline:
            raise TimeoutError("Thunderbird did not do it in time")
        time.sleep(0.2)


@contextmanager
def writing(draft: Path, folder: Path, *, smtp_port: int) -> Iterator[Thunderbird]:
    """Open a draft as a person does who clicks on its file; all is ended at the end.

    Raises:
        TimeoutError: no window for writing came up.

    """
    profile = folder / "profile"
    profile.mkdir(parents=True)
    (profile / "user.js").write_text(_SETTINGS.format(smtp_port=smtp_port), encoding="utf-8")
    with ExitStack() as stack:
        display = stack.enter_context(_screen())
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "DISPLAY": display,
            "MOZ_CRASHREPORTER_DISABLE": "1",
        }
        command = ["thunderbird", "--no-remote", "--profile", str(profile), str(draft)]
        stack.enter_context(_running(command, environment))

        def window() -> str | None:
            searched = ["xdotool", "search", "--onlyvisible", "--name", "^Write: "]
            told = subprocess.run(
                searched, env=environment, capture_output=True, text=True, check=False
            )
            return told.stdout.split()[-1] if told.stdout.strip() else None

        thunderbird = Thunderbird(folder, environment, until(window))
        thunderbird.wait_until_still()
        yield thunderbird


@contextmanager
def _screen() -> Iterator[str]:
    """A screen that nobody sees; its name."""
    reading, writing_end = os.pipe()
    with open(reading, encoding="ascii") as numbers:  # noqa: PTH123 (of a pipe)
        command = ["Xvfb", "-displayfd", str(writing_end), "-screen", "0", "1280x1024x24"]
        with _running([*command, "-nolisten", "tcp"], dict(os.environ), writing_end):
            os.close(writing_end)
            number = numbers.readline().strip()
            assert number, "Xvfb did not start"
            yield f":{number}"


@contextmanager
def _running(command: list[str], environment: dict[str, str], *handles: int) -> Iterator[None]:
    """A process with all that it starts; they are ended together."""
    process = subprocess.Popen(
        command,
        env=environment,
        pass_fds=handles,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def missing_programs() -> list[str]:
    """Which of the programs are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]
