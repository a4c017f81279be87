"""The plots of the lessons, one module a subject."""
