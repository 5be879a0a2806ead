"""Several pictures → one picture that a buyer can order from."""
