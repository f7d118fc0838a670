"""How fast, how much memory, how accurate? Measured, never asserted; results in docs/benchmarks.md."""
