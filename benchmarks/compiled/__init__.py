"""Compares what kvlint makes of Bicep with what it makes of the compiler's output for the same source."""
