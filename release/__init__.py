"""What makes the files that photoprep is given away in, beside the wheel."""
