"""What works on this computer, what is missing, and the command that installs it."""
