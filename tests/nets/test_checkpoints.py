from __future__ import annotations

import json
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
import torchvision

from resviz.arch.notation import to_json
from resviz.arch.presets import PRESETS
from resviz.arch.reading.infer import infer
from resviz.arch.reading.keys import state_shapes
from resviz.arch.spec import ResNetSpec
from resviz.errors import NO_RESNET, CheckpointError
from resviz.nets.checkpoints import load_model, reading_of_checkpoint, spec_of_checkpoint
from resviz.nets.model import build_model
from tests.nets.small import SPEC, write_weights

State = dict[str, torch.Tensor]


def state(spec: ResNetSpec = SPEC) -> State:
    return build_model(spec, seed=3).state_dict()


def same(model: torch.nn.Module, weights: State) -> bool:
    return all(torch.equal(value, weights[key]) for key, value in model.state_dict().items())


def code_of(path: Path, spec: ResNetSpec = SPEC) -> str:
    with pytest.raises(CheckpointError) as caught:
        load_model(spec, path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) <= 400
    return caught.value.code


WRAPPINGS: dict[str, Callable[[State], Any]] = {
    "bare": lambda weights: weights,
    "state_dict": lambda weights: {"epoch": 3, "state_dict": weights, "best": 0.5},
    "model": lambda weights: {"model": weights},
    "module": lambda weights: {"state_dict": {f"module.{key}": value for key, value in weights.items()}},
}


@pytest.mark.parametrize("suffix", [".pth", ".pt", ".th", ".pth.tar", ".ckpt", ".bin"])
@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("zipped", [True, False])
def test_torch_files_load_whatever_their_wrapping(tmp_path: Path, suffix: str, wrapping: str, zipped: bool) -> None:
    path = tmp_path / f"weights{suffix}"
    torch.save(WRAPPINGS[wrapping](state()), path, _use_new_zipfile_serialization=zipped)
    model = load_model(SPEC, path)
    assert same(model, state())
    assert not model.training


def test_safetensors_load_and_half_precision_becomes_fp32(tmp_path: Path) -> None:
    path = write_weights(tmp_path)
    assert same(load_model(SPEC, path), build_model(SPEC, seed=7).state_dict())
    half = {key: value.half() if value.is_floating_point() else value for key, value in state().items()}
    safetensors.torch.save_file(half, path)
    model = load_model(SPEC, path)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert torch.equal(model.conv1.weight, half["conv1.weight"].float())


def test_files_without_batch_counters_load(tmp_path: Path) -> None:
    path = tmp_path / "old.pth"
    torch.save({key: value for key, value in state().items() if "num_batches" not in key}, path)
    assert torch.equal(load_model(SPEC, path).fc.weight, state()["fc.weight"])


def test_the_loaded_model_does_not_hang_on_the_file(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(state(), path)
    model = load_model(SPEC, path)
    path.write_bytes(b"\0" * path.stat().st_size)
    assert same(model, state())


def test_the_first_misfit_is_named_with_what_would_fit(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(state(PRESETS["resnet18"].spec), path)
    with pytest.raises(CheckpointError) as caught:
        load_model(PRESETS["resnet34"].spec, path)
    assert caught.value.code == "checkpoint_missing"
    assert "layer1.2.conv1.weight" in str(caught.value)
    assert "the file holds resnet18" in str(caught.value)
    assert code_of(path, replace(PRESETS["resnet18"].spec, width=32)) == "checkpoint_shape"
    with pytest.raises(CheckpointError, match=r"fc\.weight is 1000×512, the network needs 10×512"):
        load_model(replace(PRESETS["resnet18"].spec, classes=10), path)
    assert code_of(path, replace(PRESETS["resnet18"].spec, shortcut="A")) == "checkpoint_extra"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_nan_and_infinity_are_refused(tmp_path: Path, value: float) -> None:
    weights = state()
    weights["layer2.0.conv1.weight"][1, 2, 0, 0] = value
    path = tmp_path / "weights.safetensors"
    safetensors.torch.save_file(weights, path)
    assert code_of(path) == "checkpoint_nan"


def test_a_negative_variance_is_refused(tmp_path: Path) -> None:
    weights = state()
    weights["layer1.0.bn2.running_var"][1] = -1e-3
    path = tmp_path / "weights.safetensors"
    safetensors.torch.save_file(weights, path)
    assert code_of(path) == "checkpoint_variance"


STRANGE: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "sparse": lambda tensor: tensor.to_sparse(),
    "quantized": lambda tensor: torch.quantize_per_tensor(tensor, 0.1, 0, torch.qint8),
    "meta": lambda tensor: tensor.to("meta"),
    "complex": lambda tensor: tensor.to(torch.complex64),
}


@pytest.mark.parametrize("kind", STRANGE)
@pytest.mark.filterwarnings("ignore:.*quantized:UserWarning")  # deprecated, but in files that exist
def test_tensors_of_other_kinds_are_refused(tmp_path: Path, kind: str) -> None:
    weights = state()
    weights["conv1.weight"] = STRANGE[kind](weights["conv1.weight"])
    path = tmp_path / "weights.pth"
    torch.save(weights, path)
    assert code_of(path) == "checkpoint_tensor"
    with pytest.raises(CheckpointError, match=r"conv1\.weight in a form that is not read"):
        spec_of_checkpoint(path)


class Evil:
    """What a hostile pickle does: call something while it is read."""

    def __init__(self, target: str) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (self.target, "w"))


@pytest.mark.parametrize("zipped", [True, False])
def test_code_in_a_pickle_is_not_run(tmp_path: Path, zipped: bool) -> None:
    path, target = tmp_path / "evil.pth", tmp_path / "owned"
    torch.save({"conv1.weight": Evil(str(target))}, path, _use_new_zipfile_serialization=zipped)
    assert code_of(path) == "checkpoint_unsafe"
    assert not target.exists()
    with path.open("wb") as file:
        pickle.dump(Evil(str(target)), file)
    target.unlink(missing_ok=True)
    assert code_of(path) in ("checkpoint_unsafe", "checkpoint_damaged")
    assert not target.exists()


def test_packed_archives_are_refused(tmp_path: Path) -> None:
    path, packed = tmp_path / "weights.pth", tmp_path / "packed.pth"
    torch.save(state(), path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert code_of(packed) == "checkpoint_unsafe"


def test_a_header_longer_than_its_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    for length in (2**63, 2**40, 1000, 0):
        path.write_bytes(length.to_bytes(8, "little") + b"{}      ")
        assert code_of(path) == "checkpoint_damaged"


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
def test_every_truncation_is_told(tmp_path: Path, suffix: str) -> None:
    whole = tmp_path / f"whole{suffix}"
    if suffix == ".pth":
        torch.save(state(), whole)
    else:
        safetensors.torch.save_file(state(), whole)
    data = whole.read_bytes()
    path = tmp_path / f"cut{suffix}"
    for length in range(1, len(data), len(data) // 25):
        path.write_bytes(data[:length])
        assert code_of(path) == "checkpoint_damaged"


@pytest.mark.parametrize("content", [[1, 2], {}, {"a": 1}, {"state_dict": {}}, torch.zeros(3), {1: torch.zeros(1)}])
def test_what_is_no_state_dict_is_told(tmp_path: Path, content: Any) -> None:
    path = tmp_path / "weights.pth"
    torch.save(content, path)
    assert code_of(path) == "checkpoint_no_state"


def test_wrong_files(tmp_path: Path) -> None:
    text = tmp_path / "weights.pth"
    text.write_text("a text")
    assert code_of(text) == "checkpoint_damaged"
    assert code_of(tmp_path / "weights.onnx") == "checkpoint_format"
    assert code_of(tmp_path / "none.pth") == "checkpoint_no_file"
    (tmp_path / "folder.pth").mkdir()
    assert code_of(tmp_path / "folder.pth") == "checkpoint_folder"


@pytest.mark.parametrize("name", ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"])
def test_torchvisions_architectures_are_read_off_their_shapes(name: str) -> None:
    with torch.device("meta"):
        weights = torchvision.models.get_model(name).state_dict()
    assert infer({key: tuple(value.shape) for key, value in weights.items()}).spec == PRESETS[name].spec


@pytest.mark.parametrize(
    "spec",
    [
        PRESETS["resnet18-w16-cifar"].spec,
        ResNetSpec("basic", (1, 1, 1), width=8, shortcut="C", classes=7),
        ResNetSpec("bottleneck", (1, 1), width=8, shortcut="B", stem="cifar", size=32, channels=1),
        ResNetSpec("bottleneck", (2, 3), width=8, shortcut="C"),
    ],
)
def test_other_architectures_are_read_off_their_shapes(spec: ResNetSpec) -> None:
    assert infer(state_shapes(spec)).spec == spec


def test_what_is_no_resnet_is_told(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    for weights in ({"encoder.weight": torch.zeros(2)}, state() | {"fc.weight": torch.tensor(1.0)}):
        torch.save(weights, path)
        with pytest.raises(CheckpointError) as caught:
            spec_of_checkpoint(path)
        assert caught.value.code in NO_RESNET


def test_what_shapes_do_not_tell_is_said(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(state(replace(SPEC, shortcut="A", size=32)), path)
    reading = reading_of_checkpoint(path)
    assert reading.spec == replace(SPEC, shortcut="A", size=32)
    assert {"shortcut", "activation", "size", "mean/std", "labels"} <= {a.field for a in reading.assumed}


def test_the_card_beside_and_the_metadata_say_the_spec(tmp_path: Path) -> None:
    spec = replace(SPEC, shortcut="none")
    path = tmp_path / "weights.safetensors"
    safetensors.torch.save_file(state(spec), path, metadata={"spec": json.dumps(to_json(spec))})
    assert spec_of_checkpoint(path) == spec
    assert {a.field for a in reading_of_checkpoint(path).assumed} == {"mean/std", "labels"}
    safetensors.torch.save_file(state(spec), path)
    assert spec_of_checkpoint(path).shortcut == "A"
    card = {"file": path.name, "spec": to_json(spec)}
    path.with_suffix(".json").write_text(json.dumps(card))
    assert spec_of_checkpoint(path) == spec
    assert reading_of_checkpoint(path).assumed == ()
    path.with_suffix(".json").write_text(json.dumps(card | {"file": "other.safetensors"}))
    assert spec_of_checkpoint(path).shortcut == "A"


def test_a_chosen_value_loads_the_same_file(tmp_path: Path) -> None:
    spec = ResNetSpec("bottleneck", (1, 1), width=8, classes=3, size=32)
    path = tmp_path / "weights.pth"
    torch.save(state(spec), path)
    for changed in ({"stride_in": "1x1"}, {"activation": "silu"}, {"antialias": "blur"}, {"output_stride": 4}):
        assert same(load_model(replace(spec, **changed), path), state(spec))


def test_a_misfit_of_another_kind_of_network_says_which(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save({"cls_token": torch.zeros(1, 1, 8)}, path)
    with pytest.raises(CheckpointError, match=r"it has no conv1\.weight; the file looks like a Vision Transformer"):
        load_model(SPEC, path)


def test_a_header_is_enough_for_a_summary(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    safetensors.torch.save_file(state(), path)
    code = (
        "import sys; from resviz.commands.common import resolve; print(resolve(sys.argv[1]).spec.blocks);"
        "assert 'torch' not in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str(SPEC.blocks)
