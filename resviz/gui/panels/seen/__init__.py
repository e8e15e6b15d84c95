"""What the network sees: a picture on its way to a tensor, step by step."""
