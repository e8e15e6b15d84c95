"""The layer table and its parts."""
