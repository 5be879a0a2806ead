"""What folders are dropped onto: Linux's launchers, Windows' shell links, macOS' droplets."""
