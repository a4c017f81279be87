"""Each layer once, forward and backward, as plain functions on NumPy arrays."""
