"""The sheet room: many prepared pictures → one page that a buyer can order from."""
