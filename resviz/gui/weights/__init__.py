"""The window of trained weights, and what the run strip offers of them."""
