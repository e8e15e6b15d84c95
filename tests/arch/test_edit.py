"""Changes by hand: what they take with them, what they refuse, and that nothing else ever comes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resviz.arch.edit import (
    Edit,
    changed,
    more_blocks,
    with_blocks,
    with_stage_after,
    with_stage_shortcut,
    without_block,
    without_stage,
)
from resviz.arch.spec import (
    DEFAULTS,
    FIELDS,
    FLAGS,
    MAX_BLOCKS,
    MAX_STAGES,
    OPTIONAL,
    RANGES,
    SHARES,
    SHORTCUTS,
    WORDS,
    ResNetSpec,
)
from resviz.errors import SpecError
from tests.strategies import specs

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
        (
            {"block": "basic", "shortcut": ("A", "C", "none", "A"), "width": 4},
            {"stem": "deep_tiered"},
            {"stem_width": 8, "shortcut": ("B", "C", "none", "A")},  # the first stage's alone gives way
        ),
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


# --- blocks and stages ------------------------------------------------------------------------------------------------


def options(spec: ResNetSpec) -> list[str]:
    """The shortcut option of each stage."""
    return [spec.shortcut_of(stage) for stage in range(len(spec.blocks))]


def others(spec: ResNetSpec, *left_out: str) -> dict[str, Any]:
    return {field: getattr(spec, field) for field in FIELDS if field not in left_out}


def a_stage(data: st.DataObject, spec: ResNetSpec) -> int:
    return data.draw(st.integers(0, len(spec.blocks) - 1))


def said(edit: Callable[[], Edit]) -> tuple[str, str]:
    """The code and the sentence of a refusal."""
    with pytest.raises(SpecError) as problem:
        edit()
    return problem.value.code, str(problem.value)


@given(specs(), st.data())
def test_more_blocks_change_one_count_and_nothing_else(spec: ResNetSpec, data: st.DataObject) -> None:
    stage, by = a_stage(data, spec), data.draw(st.integers(1, 4))
    edit = more_blocks(spec, stage, by)
    assert edit.reset == ()
    assert others(edit.spec, "blocks") == others(spec, "blocks")
    assert edit.spec.blocks == tuple(count + by * (at == stage) for at, count in enumerate(spec.blocks))
    assert more_blocks(edit.spec, stage, -by).spec == spec
    assert without_block(more_blocks(spec, stage).spec, stage).spec == spec


@given(specs(max_blocks=2), st.data())
def test_one_block_less_or_the_reason_why_not(spec: ResNetSpec, data: st.DataObject) -> None:
    stage = a_stage(data, spec)
    if spec.blocks[stage] == 1:
        code, sentence = said(lambda: without_block(spec, stage))
        assert (code, sentence) == (
            "edit_last_block",
            f"layer{stage + 1} has only one block; remove the stage instead",
        )
    else:
        assert without_block(spec, stage).spec == more_blocks(spec, stage, -1).spec
        assert more_blocks(without_block(spec, stage).spec, stage).spec == spec


@given(specs(), st.data(), st.none() | st.integers(1, 4))
def test_a_new_stage_has_the_options_of_the_one_before_and_goes_again(
    spec: ResNetSpec, data: st.DataObject, count: int | None
) -> None:
    at = a_stage(data, spec)
    edit = with_stage_after(spec, at, count)
    held, new = options(spec), spec.blocks[at] if count is None else count
    assert options(edit.spec) == [*held[: at + 1], held[at], *held[at + 1 :]]
    assert edit.spec.blocks == (*spec.blocks[: at + 1], new, *spec.blocks[at + 1 :])
    back = without_stage(edit.spec, at + 1)
    assert others(back.spec, *edit.reset) == others(spec, *edit.reset)
    assert edit.reset or back == Edit(spec)


@given(specs(), st.data())
def test_a_stage_goes_with_its_option_and_the_others_keep_theirs(spec: ResNetSpec, data: st.DataObject) -> None:
    at = a_stage(data, spec)
    if len(spec.blocks) == 1:
        assert said(lambda: without_stage(spec, at)) == ("edit_last_stage", "a ResNet has at least one stage")
        return
    edit = without_stage(spec, at)
    held = options(spec)
    assert options(edit.spec) == [*held[:at], *held[at + 1 :]]
    assert edit.spec.blocks == (*spec.blocks[:at], *spec.blocks[at + 1 :])
    differing = {field for field in FIELDS if getattr(edit.spec, field) != getattr(spec, field)}
    # Of a network that ends at the very resolution, the stride says no more than None and becomes it without a word.
    assert differing <= {"blocks", "shortcut", "output_stride", *edit.reset}


@given(specs(), st.data(), st.sampled_from(SHORTCUTS))
def test_an_option_changes_for_its_stage_alone(spec: ResNetSpec, data: st.DataObject, option: str) -> None:
    at = a_stage(data, spec)
    edit = with_stage_shortcut(spec, at, option)
    held = options(spec)
    assert options(edit.spec) == [*held[:at], option, *held[at + 1 :]]
    assert others(edit.spec, "shortcut", *edit.reset) == others(spec, "shortcut", *edit.reset)
    assert edit.reset or with_stage_shortcut(edit.spec, at, held[at]) == Edit(spec)


@given(specs(), st.lists(st.integers(1, 4), min_size=1, max_size=MAX_STAGES).map(tuple))
def test_with_other_counts_the_first_stages_keep_their_options(spec: ResNetSpec, blocks: tuple[int, ...]) -> None:
    edit = with_blocks(spec, blocks)
    assert edit.spec.blocks == blocks
    held = options(spec)
    assert options(edit.spec) == (held + [held[-1]] * len(blocks))[: len(blocks)]


def test_a_mixture_of_which_one_is_left_is_one_word() -> None:
    spec = ResNetSpec("basic", (2, 3, 4), shortcut=("A", "B", "B"))
    assert without_stage(spec, 0).spec == ResNetSpec("basic", (3, 4), shortcut="B")
    assert with_stage_shortcut(spec, 0, "B").spec == ResNetSpec("basic", (2, 3, 4), shortcut="B")
    assert with_blocks(spec, (2,)).spec == ResNetSpec("basic", (2,), shortcut="A")


def test_what_loses_its_meaning_with_a_stage_is_put_back_and_said() -> None:
    spec = ResNetSpec("basic", (2, 2), shortcut=("B", "none"), projection="avgpool", zero_init=True)
    assert without_stage(spec, 0) == Edit(ResNetSpec("basic", (2,), shortcut="none"), ("projection", "zero_init"))
    # The first stage pads: it cannot leave channels of a wide stem out.
    spec = ResNetSpec("basic", (2, 2), shortcut=("B", "A"), stem_width=100)
    assert without_stage(spec, 0) == Edit(ResNetSpec("basic", (2,), shortcut="A"), ("stem_width",))


def test_limits_have_their_sentences() -> None:
    full = ResNetSpec("basic", (MAX_BLOCKS,) + (1,) * (MAX_STAGES - 1), shortcut=("B",) * 7 + ("C",))
    assert said(lambda: more_blocks(full, 0)) == ("blocks_range", "a stage has 1 to 1000 blocks, not 1001")
    assert said(lambda: with_stage_after(full, 3)) == ("stages_range", "a ResNet has 1 to 8 stages, not 9")
    assert said(lambda: more_blocks(full, 7, -3))[0] == "edit_last_block"
    wide = ResNetSpec("bottleneck", (1,) * 7, width=4096, groups=32)
    code, sentence = said(lambda: with_stage_after(wide, 0))
    assert code == "channels_most"
    assert f"{1 << 24:,}" in sentence or str(1 << 24) in sentence
