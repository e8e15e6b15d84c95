"""Changes by hand: what they take with them, what they refuse, and that nothing else ever comes out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resviz.arch.edit import Edit, changed
from resviz.arch.spec import DEFAULTS, FIELDS, FLAGS, OPTIONAL, RANGES, SHARES, WORDS, ResNetSpec
from resviz.errors import SpecError

RESNEXT = ResNetSpec("bottleneck", (3, 4, 6, 3), groups=32, group_width=4)


def test_basic_of_a_resnext_is_basic() -> None:
    spec, reset = changed(RESNEXT, block="basic")
    assert spec == ResNetSpec("basic", (3, 4, 6, 3))
    assert sorted(reset) == ["group_width", "groups"]


def test_a_change_that_takes_nothing_with_it_says_so() -> None:
    assert changed(RESNEXT, width=32) == (ResNetSpec("bottleneck", (3, 4, 6, 3), 32, groups=32, group_width=4), ())


@pytest.mark.parametrize(
    ("before", "change", "reset"),
    [
        ({"projection": "avgpool"}, {"shortcut": "A"}, {"projection": "1x1"}),
        ({"zero_init": True, "drop_path": 0.1}, {"shortcut": "none"}, {"zero_init": False, "drop_path": 0.0}),
        ({"attention": "se", "reduction": 8}, {"attention": "eca"}, {"reduction": 16}),
        ({"norm": "group", "norm_groups": 8}, {"norm": "batch"}, {"norm_groups": 32}),
        ({"output_stride": 16}, {"blocks": (3, 4)}, {"output_stride": None}),
        ({"output_stride": 8}, {"stem_pool": "none", "blocks": (1,)}, {"output_stride": None}),
        ({"reduce_first": 64}, {"width": 24}, {"reduce_first": 1}),
        ({"group_width": 1}, {"width": 16}, {"group_width": 64}),
        # 32 groups do not go into 24 channels, 8 do.
        ({"norm": "group"}, {"width": 24}, {"norm_groups": 8}),
        ({"width": 24}, {"norm": "group"}, {"norm_groups": 8}),
        ({"stem": "deep"}, {"width": 21}, {"stem_width": 20}),
        ({"width": 4}, {"stem": "deep_tiered"}, {"stem_width": 8}),
        ({"stem_width": 200}, {"shortcut": "A", "block": "basic"}, {"stem_width": None}),
        ({"shortcut": "A", "stem_width": 200}, {"width": 32}, {"stem_width": None}),
        ({"block": "basic", "shortcut": "A", "width": 4}, {"stem": "deep_tiered"}, {"stem_width": 8, "shortcut": "B"}),
    ],
)
def test_what_fits_no_more_gives_way(before: dict[str, Any], change: dict[str, Any], reset: dict[str, Any]) -> None:
    old = ResNetSpec(**{"block": "bottleneck", "blocks": (3, 4, 6, 3), **before})
    spec, fields = changed(old, **change)
    assert set(fields) == set(reset)
    expected = {**{field: getattr(old, field) for field in FIELDS}, **change, **reset}
    assert spec == ResNetSpec(**expected)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"width": 0}, "field_range"),
        ({"block": "wide"}, "field_word"),
        ({"blocks": ()}, "stages_range"),
        ({"reduction": 8}, "field_needs"),
        ({"output_stride": 5}, "output_stride_range"),
        ({"reduce_first": 3}, "reduce_first_uneven"),
        ({"dropout": 1.0}, "field_share"),
        ({"norm": "group", "norm_groups": 48}, "norm_groups_uneven"),
        ({"stem": "deep", "stem_width": 33}, "field_needs"),
        ({"shortcut": "A", "stem_width": 257}, "field_needs"),
    ],
)
def test_a_field_that_is_changed_never_gives_way(change: dict[str, Any], code: str) -> None:
    with pytest.raises(SpecError) as problem:
        changed(RESNEXT, **change)
    assert problem.value.code == code


def _values(field: str) -> st.SearchStrategy[Any]:
    """Any value that the field takes in some spec."""
    if field == "blocks":
        return st.lists(st.integers(1, 4), min_size=1, max_size=8).map(tuple)
    if field in WORDS:
        return st.sampled_from(WORDS[field])
    if field in SHARES:
        return st.floats(0, 1, exclude_max=True)
    if field in FLAGS:
        return st.booleans()
    # Small numbers and powers of two are those that fit, or fail to.
    numbers = st.sampled_from((1, 2, 4, 8, 16, 32)) | st.integers(*RANGES.get(field, (1, 256)))
    return st.none() | numbers if field in OPTIONAL else numbers


CHANGES = st.sampled_from(FIELDS).flatmap(lambda field: st.tuples(st.just(field), _values(field)))


def _changed(spec: ResNetSpec, field: str, value: Any) -> Edit | None:
    """The edit, or None where it is refused, which must be for this very field."""
    try:
        return changed(spec, **{field: value})
    except SpecError as error:
        problem = error
    sizes = ("width", "groups", "group_width", "expansion", "blocks")
    wide = field == "stem_width" and "a stem no wider" in str(problem)
    assert field in str(problem) or wide or (problem.code == "channels_most" and field in sizes)
    return None


@given(st.lists(CHANGES, max_size=20))
def test_any_change_gives_a_spec_or_an_error_about_its_own_field(changes: list[tuple[str, Any]]) -> None:
    spec = ResNetSpec("basic", (2, 2))
    for field, value in changes:
        edit = _changed(spec, field, value)
        if edit is None:
            continue
        said = {other for other in FIELDS if getattr(edit.spec, other) != getattr(spec, other)} - {field}
        # A value that says no more than None becomes None without a word: the network is the same.
        assert {other for other in said if other not in OPTIONAL} == set(edit.reset) - set(OPTIONAL)
        assert field not in edit.reset
        assert edit.spec == ResNetSpec(**{name: getattr(edit.spec, name) for name in FIELDS})
        spec = edit.spec


@given(st.lists(CHANGES, max_size=20))
def test_a_field_goes_back_to_its_default_or_says_why_not(changes: list[tuple[str, Any]]) -> None:
    spec = ResNetSpec("bottleneck", (2, 2))
    for field, value in changes:
        edit = _changed(spec, field, value)
        spec = edit.spec if edit else spec
    for field in FIELDS[2:]:
        edit = _changed(spec, field, DEFAULTS[field])
        assert edit is None or getattr(edit.spec, field) == DEFAULTS[field]
