"""Losses, optimizers, the NumPy model and the loop that trains it."""
