"""The passes of the recurrent layers over whole sequences, made fast."""
