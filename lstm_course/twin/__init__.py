"""The same models in Keras, and weights that copy both ways."""
