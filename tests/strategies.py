"""Random specs of the whole family, small enough to build."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from resviz.arch.spec import BLOCKS, DEFAULTS, RULES, SHORTCUTS, STEMS, WORDS, ResNetSpec
from resviz.errors import SpecError


def specs(max_stages: int = 5, max_blocks: int = 3, max_size: int = 80) -> st.SearchStrategy[ResNetSpec]:
    """Any spec of at most so many stages and blocks a stage: half of them plain (He 2015), half with everything."""
    values = {
        "block": st.sampled_from(BLOCKS),
        "blocks": st.lists(st.integers(1, max_blocks), min_size=1, max_size=max_stages).map(tuple),
        "width": st.integers(1, 20),
        "shortcut": st.sampled_from(SHORTCUTS),
        "stem": st.sampled_from(STEMS[:2]),
        "classes": st.integers(1, 50),
        "size": st.integers(1, max_size),
        "channels": st.integers(1, 5),
    }
    extras = {
        **{field: st.sampled_from(WORDS[field]) for field in WORDS},
        "shortcut": st.sampled_from(SHORTCUTS) | st.tuples(*[st.sampled_from(SHORTCUTS)] * max_stages),
        "width": st.integers(2, 20).map(lambda half: 2 * half),
        "groups": st.sampled_from((1, 1, 2, 4)),
        "group_width": st.sampled_from((64, 64, 32, 48, 128)),
        "expansion": st.sampled_from((None, None, 1, 2, 4)),
        "reduce_first": st.sampled_from((1, 1, 1, 2)),
        "stem_width": st.sampled_from((None, None, 8, 16, 24)),
        "reduction": st.sampled_from((16, 16, 4, 8)),
        "output_stride": st.sampled_from((None, None, 1, 2, 4, 8, 16)),
        "norm_groups": st.sampled_from((1, 2, 4)),
        "zero_init": st.booleans(),
        "dropout": st.sampled_from((0.0, 0.1)),
        "drop_path": st.sampled_from((0.0, 0.25, 1e-5)),
    }
    plain = st.builds(ResNetSpec, **values)
    return plain | st.fixed_dictionaries({**values, **extras}).map(_built).filter(lambda spec: spec is not None)


def _built(values: dict[str, Any]) -> ResNetSpec | None:
    """The spec of these values, with what contradicts the rest at its default; None where even that is none."""
    if isinstance(values["shortcut"], tuple):
        values = {**values, "shortcut": values["shortcut"][: len(values["blocks"])]}
    for _ in range(len(RULES) + 3):
        try:
            return ResNetSpec(**values)
        except SpecError as error:
            field = str(error.values.get("field", ""))
            if error.code == "field_needs" and field in values and values[field] != DEFAULTS.get(field):
                values = {**values, field: DEFAULTS[field]}
            elif error.code == "output_stride_range":
                values = {**values, "output_stride": None}
            else:
                return None
    return None
