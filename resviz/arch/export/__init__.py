"""Texts for other programs: the report in four formats, and the model as PyTorch source."""
