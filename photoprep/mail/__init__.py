"""JPEGs → messages: what each weighs on the wire, which go together, and the letter with them."""
