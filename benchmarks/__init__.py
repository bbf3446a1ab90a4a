"""Measures kvlint's speed and memory. Run ``python -m benchmarks``."""
