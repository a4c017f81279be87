"""The ground floor: shapes, activations, initializers, parameter trees, gradients."""
