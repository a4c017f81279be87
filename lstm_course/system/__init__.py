"""What is of the machine: files, the process, paths, a quiet import of Keras."""
