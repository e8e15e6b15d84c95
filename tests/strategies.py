"""Random specs, small enough to build."""

from __future__ import annotations

from hypothesis import strategies as st

from resviz.arch.spec import BLOCKS, SHORTCUTS, STEMS, ResNetSpec


def specs(max_stages: int = 5, max_blocks: int = 3, max_size: int = 80) -> st.SearchStrategy[ResNetSpec]:
    """Any spec of at most so many stages and blocks a stage."""
    return st.builds(
        ResNetSpec,
        block=st.sampled_from(BLOCKS),
        blocks=st.lists(st.integers(1, max_blocks), min_size=1, max_size=max_stages).map(tuple),
        width=st.integers(1, 20),
        shortcut=st.sampled_from(SHORTCUTS),
        stem=st.sampled_from(STEMS),
        classes=st.integers(1, 50),
        size=st.integers(1, max_size),
        channels=st.integers(1, 5),
    )
