"""What it means when a mail server is not reached, or cannot prove that it is the one."""

from __future__ import annotations

import ipaddress
import socket
import ssl

from photoprep.errors import AccountError, PhotoprepError, TryLaterError
from photoprep.language import say
from photoprep.mail.account import Server


def is_here(connection: socket.socket) -> bool:
    """Whether the other end is this machine, whatever its name resolved to."""
    return ipaddress.ip_address(connection.getpeername()[0]).is_loopback


def unreachable(server: Server, error: Exception) -> TryLaterError:
    """The error for a server that does not answer, or no longer."""
    return TryLaterError(
        say(
            "{host}, port {port}, is not to be reached ({detail}).",
            host=server.host,
            port=server.port,
            detail=detail_of(error),
        ),
        hint=say("Check the network, then run again; else the account's host and port."),
    )


def not_reached(server: Server, error: OSError) -> PhotoprepError:
    """The error for a connection that did not come about, be it for want of trust."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return AccountError(
            say(
                "{host} cannot prove that it is {host} ({detail}).",
                host=server.host,
                detail=error.verify_message,
            ),
            hint=say(
                "Check the account's host. Neither password nor mail goes to a server whose "
                "certificate is not in order."
            ),
        )
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return AccountError(
            say("{host} does not speak TLS on port {port}.", host=server.host, port=server.port),
            hint=say(
                'Check the port and security: "tls" speaks it from the first byte, "starttls" '
                "after a plain greeting."
            ),
        )
    return unreachable(server, error)


def detail_of(error: Exception) -> str:
    """What went wrong, in the system's words or ours."""
    if isinstance(error, TimeoutError):
        return say("time out")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    # The sentence itself, where it is one: its text alone could not be said in another language.
    said = error.args[0] if error.args else ""
    return said if isinstance(said, str) and said else type(error).__name__
