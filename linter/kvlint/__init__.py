"""kvlint proves the wiring between workloads and their secrets before deployment."""

__version__ = "0.1.0"
