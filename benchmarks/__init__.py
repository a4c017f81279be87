"""The same work by NumPy, Keras and PyTorch, side by side."""
