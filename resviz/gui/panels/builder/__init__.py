"""The builder and its parts."""
