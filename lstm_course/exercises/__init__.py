"""What a learner can get wrong, and how the course tells."""
