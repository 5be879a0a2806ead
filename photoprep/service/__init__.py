"""Keeping ``photoprep watch`` running: a systemd user unit, a launchd agent, a Windows task."""
