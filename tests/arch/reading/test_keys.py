from __future__ import annotations

import pytest
from hypothesis import given, settings

from resviz.arch.presets import PRESETS
from resviz.arch.reading.keys import state_shapes
from resviz.arch.spec import ResNetSpec
from resviz.nets.model import build_model
from tests.strategies import specs


def assert_parity(spec: ResNetSpec) -> None:
    """Names, shapes and their order are those of the torch model."""
    wanted = {key: tuple(value.shape) for key, value in build_model(spec, device="meta").state_dict().items()}
    assert list(state_shapes(spec).items()) == list(wanted.items())


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if sum(preset.spec.blocks) < 150])
def test_presets_have_the_keys_of_their_models(name: str) -> None:
    assert_parity(PRESETS[name].spec)


@given(specs(max_stages=4))
@settings(max_examples=150, deadline=None)
def test_any_spec_has_the_keys_of_its_model(spec: ResNetSpec) -> None:
    assert_parity(spec)


def test_the_keys_are_in_closed_form() -> None:
    spec = ResNetSpec("bottleneck", (1000,) * 8, width=1)
    shapes = state_shapes(spec)
    # Of each block three convolutions and three norms of five; of each first one a projection with its norm.
    assert len(shapes) == 6 + 8000 * 18 + 8 * 6 + 2
