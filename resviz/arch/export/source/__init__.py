"""A spec as a PyTorch file that a student can read: it imports torch and nothing else, and holds no dead options."""

from __future__ import annotations

from resviz.arch.export.source.network import source

__all__ = ["source"]
