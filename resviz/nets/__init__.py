"""What a ResNet does: torch models, weights, pictures, training. No Qt."""
