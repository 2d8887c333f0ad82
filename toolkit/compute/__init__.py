"""Computations: dataset and policy in, figures with levels and reasons out."""
