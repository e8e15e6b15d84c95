"""Two networks, aligned by stage, block and layer."""

from resviz.arch.diff.align import Diff, diff

__all__ = ["Diff", "diff"]
