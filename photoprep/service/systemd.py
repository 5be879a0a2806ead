"""A systemd user unit as text; pure (systemd.service(5), systemd.syntax(7), "Quoting")."""

from __future__ import annotations

from photoprep.service.wanted import EXIT_CODES_FOR_A_PERSON, Service

# Without a mount namespace: a user manager may not make one everywhere, and the watched folder,
# the output and the archive may lie anywhere. MemoryDenyWriteExecute would break libffi, which
# libvips is called by. What is here is done by seccomp and prctl, which need no rights.
_HARDENING = """\
NoNewPrivileges=yes
LockPersonality=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native"""


def unit_text(service: Service) -> str:
    """The unit, whole.

    A share may be away for a weekend, so that starts are not limited in number. On SIGTERM the
    daemon ends its errand process itself, so that only it gets the signal.
    """
    words = " ".join(_quoted(word, dollars=place > 0) for place, word in enumerate(service.command))
    variables = "".join(
        f"Environment={_quoted(f'{key}={value}')}\n" for key, value in service.variables.items()
    )
    never_again = " ".join(map(str, EXIT_CODES_FOR_A_PERSON))
    return f"""\
# Written by photoprep service install; photoprep service remove takes it away again.
[Unit]
Description=photoprep watches “{service.inbox.replace("%", "%%")}”
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={words}
{variables}ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=10
RestartPreventExitStatus={never_again}
WatchdogSec=300
TimeoutStartSec=120
TimeoutStopSec=90
KillMode=mixed
{_HARDENING}

[Install]
WantedBy=default.target
"""


def quoted_argument(word: str) -> str:
    """A word as it stands among the arguments of ExecStart."""
    return _quoted(word, dollars=True)


def _quoted(word: str, *, dollars: bool = False) -> str:
    r"""A word in double quotes: \ and " escaped, % doubled; $ too, where variables are put in.

    They are not in the program's own path, nor in Environment.
    """
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{text.replace("$", "$$") if dollars else text}"'
