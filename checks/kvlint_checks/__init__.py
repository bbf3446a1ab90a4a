"""The built-in checks of kvlint, one module a check."""
