"""What a lesson looks at: parameter counts, figures and diagrams."""
