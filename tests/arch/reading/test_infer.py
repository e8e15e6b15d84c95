"""From names and shapes to a spec, without torch: what is read, what is assumed, and what is told of the rest."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import example, given, settings

from resviz.arch.presets import PRESETS
from resviz.arch.reading.assumed import LABELS, MEAN_STD, NORMALISATIONS, restated
from resviz.arch.reading.infer import infer
from resviz.arch.reading.keys import Shape, state_shapes
from resviz.arch.spec import FIELDS, ResNetSpec
from resviz.errors import CheckpointError
from tests.strategies import specs

Shapes = dict[str, Shape]

#: Fields that no shape tells; those of training leave no trace at all.
UNSEEN = ("stride_in", "activation", "antialias", "output_stride", "size", "zero_init", "dropout", "drop_path")


def told(shapes: Shapes) -> CheckpointError:
    with pytest.raises(CheckpointError) as caught:
        infer(shapes, "best.pth")
    assert "best.pth" in str(caught.value)
    assert len(str(caught.value)) <= 400
    return caught.value


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_read_off_their_shapes(name: str) -> None:
    spec = PRESETS[name].spec
    found = infer(state_shapes(spec))
    seen = [field for field in FIELDS if field not in UNSEEN]
    changed = {field for field in seen if getattr(found.spec, field) != getattr(spec, field)}
    # A plain network is read as one with padded shortcuts, a shortcut without weights as another.
    assert changed <= {"shortcut", "stem_pool"}
    for field in changed:
        assumed = next(a for a in found.assumed if a.field == field)
        assert getattr(spec, field) in assumed.others


@given(specs(max_stages=4))
@settings(max_examples=300, deadline=None)
@example(ResNetSpec("bottleneck", (2, 1), width=20, groups=3, group_width=17))
@example(ResNetSpec("bottleneck", (1, 1), width=64, group_width=4, groups=64, reduce_first=2, projection="3x3"))
@example(ResNetSpec("basic", (1, 1), width=24, expansion=2))
@example(ResNetSpec("basic", (3,), width=8, shortcut="C", stem="cifar"))
@example(ResNetSpec("bottleneck", (2,), expansion=1))
def test_what_is_read_has_the_shapes_it_was_read_off(spec: ResNetSpec) -> None:
    shapes = state_shapes(spec)
    found = infer(shapes)
    assert state_shapes(found.spec) == shapes
    assert found.names == {key: key for key in shapes}


@given(specs(max_stages=3))
@settings(max_examples=60, deadline=None)
def test_each_value_that_is_offered_fits_the_file(spec: ResNetSpec) -> None:
    shapes = state_shapes(spec)
    found = infer(shapes)
    for assumption in found.assumed:
        if assumption.field in FIELDS:
            held = getattr(found.spec, assumption.field)
            assert assumption.value == (found.spec.pool if assumption.field == "stem_pool" else held)
            for other in assumption.others:
                assert state_shapes(replace(found.spec, **{assumption.field: other})) == shapes


def test_the_value_that_was_assumed_is_offered_when_another_was_chosen() -> None:
    found = infer(state_shapes(PRESETS["resnet50"].spec))
    chosen = replace(found.spec, stride_in="1x1")
    stride = next(a for a in restated(found.assumed, chosen) if a.field == "stride_in")
    assert (stride.value, stride.others) == ("1x1", ("3x3",))


def test_what_pictures_were_is_assumed_too() -> None:
    assumed = {a.field: a for a in infer(state_shapes(PRESETS["resnet50"].spec)).assumed}
    assert (assumed[MEAN_STD].value, assumed[LABELS].value) == ("ImageNet", "ImageNet-1K")
    assert set(assumed[MEAN_STD].others) | {"ImageNet"} == set(NORMALISATIONS)
    assert assumed["size"].value == 224
    grey = replace(PRESETS["resnet20-cifar"].spec, channels=1)
    assumed = {a.field: a for a in infer(state_shapes(grey)).assumed}
    assert assumed[MEAN_STD].value == "neutral"
    assert assumed[LABELS].value == "numbers"


def test_files_without_batch_counters_do() -> None:
    shapes = state_shapes(PRESETS["resnet18"].spec)
    old = {key: shape for key, shape in shapes.items() if not key.endswith("num_batches_tracked")}
    assert infer(old).spec == PRESETS["resnet18"].spec


# --- not of the family --------------------------------------------------------------------------------------

OTHERS: dict[str, tuple[Shapes, str]] = {
    "a Vision Transformer": ({"cls_token": (1, 1, 8), "pos_embed": (1, 5, 8), "blocks.0.attn.qkv.weight": (24, 8)},
                             "cls_token"),
    "a VGG": ({"features.0.weight": (64, 3, 3, 3), "classifier.0.weight": (10, 64)}, "features.0.weight"),
    "an AlexNet": ({"features.0.weight": (64, 3, 11, 11), "classifier.1.weight": (10, 64)}, "features.0.weight"),
    "a DenseNet": ({"features.conv0.weight": (64, 3, 7, 7), "features.denseblock1.denselayer1.norm1.weight": (64,)},
                   "features.conv0.weight"),
    "a MobileNet": ({"features.0.0.weight": (32, 3, 3, 3), "features.1.conv.0.0.weight": (32, 1, 3, 3)},
                    "features.0.0.weight"),
    "an EfficientNet": ({"_conv_stem.weight": (32, 3, 3, 3), "_blocks.0._depthwise_conv.weight": (32, 1, 3, 3)},
                        "_conv_stem.weight"),
    "a ConvNeXt": ({"stem.0.weight": (96, 3, 4, 4), "stages.0.blocks.0.conv_dw.weight": (96, 1, 7, 7)},
                   "stem.0.weight"),
    "an object detector": ({"backbone.body.conv1.weight": (64, 3, 7, 7), "rpn.head.conv.weight": (256, 256, 3, 3)},
                           "backbone.body.conv1.weight"),
    "a segmentation network": ({"encoder.conv1.weight": (64, 3, 7, 7), "segmentation_head.0.weight": (1, 16, 3, 3),
                                "decoder.blocks.0.conv1.0.weight": (256, 768, 3, 3)}, "encoder.conv1.weight"),
    "a LoRA adapter": ({"unet.down.lora_A.weight": (4, 320), "unet.down.lora_B.weight": (320, 4)},
                       "unet.down.lora_A.weight"),
    "a GPT": ({"h.0.attn.c_attn.weight": (768, 2304), "wte.weight": (50257, 768)}, "h.0.attn.c_attn.weight"),
    "a BERT": ({"bert.encoder.layer.0.attention.self.query.weight": (768, 768)}, "bert.encoder"),
    "2 tensors, the first called a": ({"a": (1,), "b": (2, 3)}, "a"),
    "1 tensor, the first called weight": ({"weight": (5, 4)}, "weight"),
}  # fmt: skip


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_no_resnet_is_told_with_its_first_misfit(what: str) -> None:
    shapes, key = OTHERS[what]
    text = str(told(shapes))
    assert f"it looks like {what};" in text
    assert f"first misfit: {key}" in text


def shapes_of(name: str, **changes: Shape | None) -> Shapes:
    shapes = {
        **state_shapes(PRESETS[name].spec),
        **{key.replace("__", "."): s for key, s in changes.items() if s is not None},
    }
    return {key: shape for key, shape in shapes.items() if changes.get(key.replace(".", "__"), shape) is not None}


def test_relatives_are_told_where_they_differ() -> None:
    assert "layer2.0.conv1.weight is 99×64×3×3, not 128×64×3×3" in str(
        told(shapes_of("resnet18", layer2__0__conv1__weight=(99, 64, 3, 3)))
    )
    assert "there is no layer3.1.bn2.bias" in str(told(shapes_of("resnet18", layer3__1__bn2__bias=None)))
    assert "layer1.0.conv1.bias (64)" in str(told(shapes_of("resnet18", layer1__0__conv1__bias=(64,))))
    assert "layer1.0.spatial.weight" in str(told(shapes_of("resnet18", layer1__0__spatial__weight=(1, 2, 7, 7))))
    assert "there is no layer2.0.conv1.weight" in str(told(shapes_of("resnet18", layer2__0__conv1__weight=None)))
    assert "conv1.weight (64×3×5×5)" in str(told(shapes_of("resnet18", conv1__weight=(64, 3, 5, 5))))


def test_the_body_of_a_resnet_is_told_what_it_lacks() -> None:
    shapes = shapes_of("resnet50", fc__weight=None, fc__bias=None)
    error = told(shapes)
    assert error.code == "checkpoint_headless"
    assert "without a head" in str(error)


def test_pictures_are_normalised_by_more_than_the_network() -> None:
    shapes = {"normalizer.mean": (1, 3, 1, 1), "normalizer.std": (1, 3, 1, 1)}
    shapes |= {f"model.{key}": shape for key, shape in state_shapes(PRESETS["resnet18"].spec).items()}
    found = infer(shapes)
    assert found.spec == PRESETS["resnet18"].spec
    left = next(a for a in found.assumed if a.field == "keys")
    assert left.value == "normalizer.mean, normalizer.std"


def test_two_heads_are_one_too_many() -> None:
    shapes = state_shapes(PRESETS["resnet18"].spec) | {"linear.weight": (1000, 512), "linear.bias": (1000,)}
    assert "linear.weight" in str(told(shapes))


def test_a_shape_of_nonsense_is_told() -> None:
    for shape in ((), (0, 0, 0, 0), (-1, 3, 7, 7), (2**62, 3, 7, 7), (64, 3, 7), (1,) * 9):
        told(shapes_of("resnet18", conv1__weight=shape))


def test_reading_takes_neither_torch_nor_numpy() -> None:
    code = (
        "import sys; from resviz.arch.reading.infer import infer; from resviz.arch.reading.keys import state_shapes;"
        "from resviz.arch.presets import PRESETS; infer(state_shapes(PRESETS['resnet50'].spec));"
        "assert not {'torch', 'numpy', 'networkx'} & set(sys.modules), 'loaded'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
