"""Measured claims: each module trains over several seeds and says what it found.

A module that ends with ``EXPERIMENT = Experiment(...)`` is found by its name. What is
measured is kept in figures/measurements, where lessons and tests read it.
"""
