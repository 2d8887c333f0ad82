"""The families of calculations.md: one module each, a pure decision and a small evaluator."""
