"""Forms of a network compute what it computes; the fastest is measured once and remembered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from PIL import Image

from resviz.arch.graph import network
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.errors import DeviceError
from resviz.nets import fast, forms, fused, remembered, wanted
from resviz.nets.classifier import UNTRAINED, Classifier
from resviz.nets.fast import TOLERANCE, Found, candidates, measure, near_enough
from resviz.nets.forms import PLAIN, Form, formed
from resviz.nets.fused import FusedBlock
from resviz.nets.images import Picture
from resviz.nets.model import ResNet, build_model
from resviz.nets.runner import Runner, check_precision, threads
from resviz.paths import weights_dir
from resviz.ways import Compute
from tests.nets.small import SPEC, write_weights
from tests.strategies import specs

CPU = torch.device("cpu")
FAST = Compute("fast")
NO_PRECISION: Any = "fp8"
"""Of a type that torch can store, and no processor convolve."""
FORMS = [form for form in candidates(CPU) if form.precision == "fp32"]
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    remembered.forget()
    yield
    remembered.forget()


def used(spec: ResNetSpec, seed: int = 3) -> ResNet:
    """A network whose BN has seen data: folding one that never did would prove nothing."""
    model = build_model(spec, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d) and module.running_mean is not None:
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.2, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5, generator=generator)
            torch.nn.init.normal_(module.bias, 0, 0.2, generator=generator)
    return model.requires_grad_(False)


def batch(spec: ResNetSpec, count: int = 1) -> torch.Tensor:
    return torch.randn((count, spec.channels, spec.size, spec.size), generator=torch.Generator().manual_seed(1))


def picture() -> Picture:
    noise = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    return Picture("noise", Image.fromarray(noise), (60, 40))


def assert_same(form: Form, model: ResNet, count: int = 1) -> None:
    given_batch = batch(model.spec, count)
    plain, other = Runner(model)(given_batch), Runner(model, form)(given_batch)
    scale = max(1.0, plain.abs().max().item())
    torch.testing.assert_close(other / scale, plain / scale, rtol=1e-4, atol=1e-4)


# --- forms --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.text)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"block": "bottleneck"},
        {"order": "pre"},
        {"order": "pre", "block": "bottleneck", "attention": "se"},
        {"shortcut": "A"},
        {"shortcut": "C"},
        {"shortcut": "none"},
        {"attention": "se"},
        {"attention": "eca"},
        {"norm": "group", "norm_groups": 2},
        {"antialias": "blur"},
        {"stem": "deep", "stem_pool": "conv", "projection": "avgpool", "size": 33},
        {"activation": "silu"},
        {"groups": 2, "group_width": 64, "block": "bottleneck"},
        {"output_stride": 1},
    ],
    ids=str,
)
def test_a_form_computes_what_the_network_does(form: Form, changes: dict[str, object]) -> None:
    spec = ResNetSpec(**{"block": "basic", "blocks": (2, 1), "width": 8, "stem": "cifar", "size": 16, **changes})  # type: ignore[arg-type]
    model = used(spec)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for count in (1, 3):
        assert_same(form, model, count)
    after = model.state_dict()
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())


def least_group(spec: ResNetSpec) -> int:
    """How many numbers a group norm takes the variance of, at least; many without one."""
    shapes = [(layer.out_shape, layer.groups) for layer in network(spec).layers if layer.op == "gn"]
    return min((prod(shape) // groups for shape, groups in shapes), default=1 << 30)


@settings(max_examples=40, deadline=None)
@given(specs(max_stages=3, max_blocks=2, max_size=40))
def test_every_form_of_every_network_computes_the_same(spec: ResNetSpec) -> None:
    assume(least_group(spec) >= 16)  # the variance of a few numbers may be all rounding, and is divided by
    model = used(spec)
    for form in FORMS:
        assert_same(form, model)


def test_folding_leaves_only_what_cannot_be_folded() -> None:
    def norms(spec: ResNetSpec) -> list[str]:
        model = formed(used(spec), Form(folded=True))
        return [name for name, module in model.named_modules() if isinstance(module, torch.nn.BatchNorm2d)]

    assert norms(SPEC) == []
    assert norms(ResNetSpec("basic", (1,), width=4, stem="deep", size=16, classes=3)) == []
    assert norms(ResNetSpec("basic", (1,), width=4, order="pre", stem="cifar", size=16)) == ["layer1.0.bn1", "bn"]


@pytest.mark.skipif(not fused.available(), reason="this torch has no oneDNN")
def test_only_blocks_that_end_in_convolution_add_and_relu_are_fused_to_their_end() -> None:
    def ends(**changes: object) -> set[bool]:
        spec = ResNetSpec("basic", (2,), width=8, stem="cifar", size=16, **changes)  # type: ignore[arg-type]
        model = formed(used(spec), Form(folded=True, fused=True, channels_last=True))
        return {isinstance(block, FusedBlock) for block in model.layer1}  # type: ignore[union-attr]

    assert ends() == {True}
    for changes in ({"order": "pre"}, {"attention": "se"}, {"activation": "elu"}, {"shortcut": "none"}):
        assert ends(**changes) == {False}


def test_the_plain_form_is_the_network_itself() -> None:
    model = used(SPEC)
    assert formed(model, PLAIN) is model
    given_batch = batch(SPEC, 2)
    with torch.inference_mode():
        assert torch.equal(Runner(model)(given_batch), model(given_batch))


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
@pytest.mark.parametrize("channels_last", [False, True])
def test_half_precision_is_near(precision: str, channels_last: bool) -> None:
    write_weights(weights_dir())
    compute = Compute("chosen", precision, channels_last)  # type: ignore[arg-type]
    try:
        check_precision(CPU, compute.precision)
    except DeviceError as error:
        pytest.skip(str(error))
    chosen = Classifier(SPEC, "small", "cpu", compute=compute)
    exact = Classifier(SPEC, "small", "cpu").predict(lambda _least: picture())
    result = chosen.predict(lambda _least: picture())
    assert result.way == f"chosen: {'channels-last, ' if channels_last else ''}{precision}"
    assert result.difference is None
    assert result.logits.dtype == np.float32
    np.testing.assert_allclose(result.logits, exact.logits, atol=0.05, rtol=0.05)
    assert not np.array_equal(result.logits, exact.logits)


def test_a_precision_that_a_device_lacks_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(forms.TYPES, NO_PRECISION, torch.float8_e4m3fn)
    with pytest.raises(DeviceError, match="cpu cannot compute in fp8"):
        Classifier(SPEC, UNTRAINED, "cpu", compute=Compute("chosen", NO_PRECISION))


def test_threads_are_put_back() -> None:
    before = torch.get_num_threads()
    with threads(1):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before
    told: list[int] = []
    runner = Runner(used(SPEC), threads=1)

    def tell(done: float, _text: str) -> None:
        told.append(torch.get_num_threads())
        if done:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        runner(batch(SPEC), tell)
    assert set(told) == {1}
    assert torch.get_num_threads() == before


# --- measuring ----------------------------------------------------------------------------------------------


def test_what_is_too_far_off_or_no_number_is_not_near() -> None:
    exact = torch.tensor([[0.5, 0.3, 0.2]])
    assert near_enough(torch.tensor([[0.51, 0.29, 0.2]]), exact)
    assert not near_enough(torch.tensor([[0.53, 0.27, 0.2]]), exact)
    assert not near_enough(torch.tensor([[float("nan"), 0.3, 0.2]]), exact)
    close = torch.tensor([[0.41, 0.40, 0.19]])
    assert not near_enough(torch.tensor([[0.40, 0.41, 0.19]]), close)  # another class comes first
    tied = torch.tensor([[0.4005, 0.4, 0.1995]])
    assert near_enough(torch.tensor([[0.4, 0.4005, 0.1995]]), tied)


def test_the_fast_way_is_near_the_exact_one_and_not_slower() -> None:
    write_weights(weights_dir())
    classifier = Classifier(SPEC, "small", "cpu", compute=FAST)
    result = classifier.predict(lambda _least: picture())
    exact = Classifier(SPEC, "small", "cpu").predict(lambda _least: picture())
    assert result.way == classifier.way
    assert result.way.startswith("fast: ")
    assert result.difference is not None
    assert 0 <= result.difference <= TOLERANCE
    assert [score.label for score in result.top] == [score.label for score in exact.top]
    np.testing.assert_allclose(result.logits, exact.logits, atol=0.1)


def test_with_a_layer_to_look_at_the_exact_way_runs() -> None:
    write_weights(weights_dir())
    fast_one, exact_one = (Classifier(SPEC, "small", "cpu", compute=way) for way in (FAST, Compute()))
    looked, exact = (one.predict(lambda _least: picture(), layers=("layer1.0.add",)) for one in (fast_one, exact_one))
    assert (looked.way, looked.difference) == ("exact", None)
    assert np.array_equal(looked.logits, exact.logits)
    assert np.array_equal(looked.maps["layer1.0.add"].data, exact.maps["layer1.0.add"].data)


@pytest.mark.parametrize("compute", [Compute(), FAST, Compute("chosen", channels_last=True)], ids=lambda c: c.way)
def test_logits_of_a_batch_are_those_of_its_pictures(compute: Compute) -> None:
    classifier = Classifier(SPEC, UNTRAINED, "cpu", compute=compute)
    many = batch(SPEC, 5)
    logits = classifier.logits(many)
    assert logits.shape == (5, SPEC.classes)
    assert logits.dtype == torch.float32
    singles = torch.cat([classifier.logits(one) for one in many.split(1)])
    torch.testing.assert_close(logits, singles, atol=0.05, rtol=0.05)


def test_it_is_measured_once_and_remembered_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Classifier(SPEC, UNTRAINED, "cpu", compute=FAST)
    monkeypatch.setattr(wanted, "measure", lambda *_: pytest.fail("measured again"))
    assert Classifier(SPEC, UNTRAINED, "cpu", compute=FAST).way == first.way
    remembered.forget()  # as another run of the program
    again = Classifier(SPEC, UNTRAINED, "cpu", compute=FAST)
    assert (again.way, again.difference) == (first.way, first.difference)


def test_a_measurement_holds_for_its_own_network_weights_device_and_threads(tmp_path: Path) -> None:
    path = str(write_weights(tmp_path))
    keys = [
        remembered.key_of(SPEC, None, CPU, 0),
        remembered.key_of(PRESETS["resnet18"].spec, None, CPU, 0),
        remembered.key_of(SPEC, path, CPU, 0),
        remembered.key_of(SPEC, None, CPU, 1),
        remembered.key_of(SPEC, None, torch.device("mps"), 0),
    ]
    write_weights(tmp_path, seed=8)
    keys.append(remembered.key_of(SPEC, path, CPU, 0))
    assert len(set(keys)) == len(keys)
    assert keys[0] == remembered.key_of(SPEC, None, CPU, 0)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"format": 2, "ways": {}}', '{"format": 1, "ways": 3}', '{"format": 1, "ways": {"k": 3}}']
    + [
        json.dumps({"format": 1, "ways": {"k": value}})
        for good in [{"folded": True, "fused": False, "channels_last": True, "tuned": False}]
        for value in (
            {**good, "precision": "fp8", "share": 0.5, "difference": 0.0},
            {**good, "precision": "fp32", "share": "fast", "difference": 0.0},
            {**good, "precision": "fp32", "share": 0.5, "difference": float("nan")},
            {**good, "precision": "fp32", "share": 0.5, "difference": 0.9},
            {"precision": "fp32", "share": 0.5, "difference": 0.0},
        )
    ],
)
def test_a_file_that_says_nothing_sensible_is_measured_anew(text: str) -> None:
    remembered.path().parent.mkdir(parents=True)
    remembered.path().write_text(text)
    assert remembered.recall("k") is None
    found = Found(Form(folded=True), 0.75, 0.001)
    remembered.remember("k", found)
    remembered.forget()
    assert remembered.recall("k") == found


def test_that_it_cannot_be_written_is_no_failure() -> None:
    remembered.path().parent.parent.mkdir(parents=True, exist_ok=True)
    remembered.path().parent.write_text("a file where the folder should be")
    remembered.remember("k", Found())
    assert remembered.recall("k") == Found()


def test_measuring_can_be_given_up_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []

    def stop(done: float, text: str) -> None:
        if text == "Measuring the fast way":
            told.append(done)
            if done > 0:
                raise InterruptedError

    with pytest.raises(InterruptedError):
        Classifier(SPEC, UNTRAINED, "cpu", stop, compute=FAST)
    assert told[0] == 0
    assert not remembered.path().exists()
    assert Classifier(SPEC, UNTRAINED, "cpu", compute=FAST).way.startswith("fast")


def test_a_candidate_that_the_device_cannot_do_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(forms.TYPES, NO_PRECISION, torch.float8_e4m3fn)
    monkeypatch.setattr(fast, "candidates", lambda _device: (Form(folded=True, precision=NO_PRECISION),))
    assert measure(used(SPEC), SPEC, 0, lambda *_: None) == Found()


def test_where_nothing_is_faster_the_exact_way_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "candidates", lambda _device: ())
    classifier = Classifier(SPEC, UNTRAINED, "cpu", compute=FAST)
    assert classifier.way == "fast: exact, nothing is faster"
    assert classifier.difference == 0.0
    assert classifier.runner.model is classifier.model


def test_a_network_whose_numbers_overflow_has_no_fast_way_but_the_exact_one() -> None:
    model = used(SPEC)
    model.fc.bias.fill_(float("inf"))
    assert measure(model, SPEC, 0, lambda *_: None) == Found()


# --- on a GPU -----------------------------------------------------------------------------------------------


@pytest.mark.gpu
@needs_gpu
def test_the_fast_way_of_the_gpu_agrees_with_the_cpu() -> None:
    write_weights(weights_dir())
    gpu = Classifier(SPEC, "small", "cuda:0", compute=FAST).predict(lambda _least: picture())
    cpu = Classifier(SPEC, "small", "cpu").predict(lambda _least: picture())
    assert [score.label for score in gpu.top] == [score.label for score in cpu.top]
    for one, other in zip(gpu.top, cpu.top, strict=True):
        assert abs(one.probability - other.probability) <= 2 * TOLERANCE


@pytest.mark.gpu
@needs_gpu
@pytest.mark.parametrize("form", candidates(torch.device("cuda")) if torch.cuda.is_available() else [])
def test_every_form_runs_on_the_gpu(form: Form) -> None:
    spec = PRESETS["resnet18"].spec
    model = used(spec).to("cuda:0")
    given_batch = batch(spec, 2).to("cuda:0")
    exact, other = (Runner(model, each)(given_batch).softmax(1) for each in (PLAIN, form))
    assert (exact - other).abs().max() <= 0.05


@pytest.mark.gpu
@needs_gpu
def test_to_and_fro_between_devices_loses_nothing() -> None:
    spec = PRESETS["resnet18"].spec
    answers = []
    for turn in range(6):
        device, way = ("cuda:0", "cpu")[turn % 2], ("exact", "fast")[turn // 2 % 2]
        classifier = Classifier(spec, UNTRAINED, device, compute=Compute(way))  # type: ignore[arg-type]
        answers.append(classifier.predict(lambda _least: picture()).logits)
    for answer in answers:
        np.testing.assert_allclose(answer, answers[1], atol=0.1, rtol=0.1)
