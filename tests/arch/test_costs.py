"""What layers cost by each measure: the report's own figures, scales that go there and back, and words for numbers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resviz.arch.analysis import report
from resviz.arch.costs import METRICS, Scale, scale, short, total, values
from resviz.arch.memory import Setting
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from tests.strategies import specs

NAMES = ("resnet18", "resnet50", "resnet20-cifar", "plain34", "seresnet50", "senet154", "resnext101_64x4d", "resnet50d")
COUNTS = st.floats(1e-6, 1e15)
SOME = st.lists(COUNTS, min_size=1, max_size=20)


@pytest.mark.parametrize("name", NAMES)
def test_values_are_the_reports(name: str) -> None:
    found = report(PRESETS[name].spec)
    held = {metric: values(found, metric) for metric in METRICS}
    for layer in found.layers:
        assert held["params"][layer.id] == layer.params
        assert held["macs"][layer.id] == layer.macs
        assert held["field"][layer.id] == found.receptive_field[layer.id]
    assert total(METRICS["params"], held["params"]) == found.params
    assert total(METRICS["macs"], held["macs"]) == found.macs
    assert total(METRICS["activations"], held["activations"]) == found.activation_bytes
    assert total(METRICS["field"], held["field"]) == max(found.receptive_field.values())


def test_published_figures() -> None:
    found = report(PRESETS["resnet50"].spec)
    assert total(METRICS["params"], values(found, "params")) == 25_557_032
    assert total(METRICS["macs"], values(found, "macs")) == 4_089_184_256
    assert values(found, "params")["conv1"] == 64 * 3 * 49
    assert values(found, "activations")["conv1"] == 64 * 112 * 112 * 4


@given(specs())
def test_parts_add_up_to_the_whole(spec: ResNetSpec) -> None:
    found = report(spec)
    assert sum(values(found, "params").values()) == found.params
    assert sum(values(found, "macs").values()) == found.macs
    assert sum(values(found, "activations").values()) == found.activation_bytes


def test_activations_follow_the_reports_setting_and_no_time_is_computed() -> None:
    spec = PRESETS["resnet18"].spec
    one, eight = report(spec), report(spec, Setting(8, "fp16"))
    assert values(eight, "activations")["conv1"] == 4 * values(one, "activations")["conv1"]
    assert values(one, "time") == {}
    assert total(METRICS["time"], {}) is None


def test_together_is_the_sum_or_the_largest_and_nothing_where_one_is_unknown() -> None:
    for name in ("params", "macs", "activations", "time"):
        assert METRICS[name].of([1, 2, 4]) == 7
    assert METRICS["field"].of([1, 4, 2]) == 4
    for metric in METRICS.values():
        assert metric.of([1, None]) is None
        assert metric.of([]) is None
        assert metric.of([0]) == 0


# --- scales -----------------------------------------------------------------------------------------------------------


@given(SOME, COUNTS, COUNTS, st.booleans())
def test_a_part_is_from_0_to_1_and_never_falls(numbers: list[float], one: float, other: float, log: bool) -> None:
    made = scale(numbers, log)
    low, high = sorted((one, other))
    assert 0 <= made.part(low) <= made.part(high) <= 1
    assert made.part(0) == made.part(-1) == 0
    assert made.part(max(numbers)) == 1


@given(SOME, st.booleans(), st.data())
def test_a_value_comes_back_from_its_part(numbers: list[float], log: bool, data: st.DataObject) -> None:
    made = scale(numbers, log)
    value = data.draw(st.floats(made.low or made.high * 1e-9, made.high))
    assert made.at(made.part(value)) == pytest.approx(value, rel=1e-9)
    assert made.at(1) == pytest.approx(made.high)
    assert made.at(0) == pytest.approx(made.low)


@given(SOME, st.lists(st.floats(0, 1), min_size=2, max_size=9), st.booleans())
def test_higher_parts_are_higher_values(numbers: list[float], parts: list[float], log: bool) -> None:
    made = scale(numbers, log)
    assert all(made.at(low) <= made.at(high) * (1 + 1e-12) for low, high in pairwise(sorted(parts)))


@given(st.integers(1, 10**12), st.integers(2, 1000))
def test_a_logarithmic_scale_takes_equal_steps_for_equal_ratios(low: int, ratio: int) -> None:
    made = Scale(low, low * ratio**2, True)
    assert made.part(low * ratio) == pytest.approx(0.5)
    assert Scale(0, low * 2, False).part(low) == pytest.approx(0.5)


def test_what_is_next_to_nothing_does_not_stretch_the_scale() -> None:
    made = scale([1e-12, 1.0, 1e6], log=True)
    assert made.low == pytest.approx(10)
    assert made.part(1e-12) == made.part(1.0) == 0
    assert scale([5, 100], log=True).low == 5


@pytest.mark.parametrize("log", [False, True])
def test_a_scale_of_nothing_and_of_one_value(log: bool) -> None:
    for numbers in ([], [0.0, 0.0]):
        empty = scale(numbers, log)
        assert (empty.part(0), empty.part(3), empty.at(1)) == (0, 0, 0)
    assert scale([7.0, 7.0], log).part(7.0) == 1


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("params", 0, "0"),
        ("params", 999, "999"),
        ("params", 1000, "1.00 k"),
        ("params", 9_408, "9.41 k"),
        ("params", 99_940, "99.9 k"),
        ("params", 99_960, "100 k"),
        ("params", 999_600, "1.00 M"),
        ("params", 2_359_296, "2.36 M"),
        ("macs", 4_089_184_256, "4.09 G"),
        ("macs", 11_513_626_624, "11.5 G"),
        ("macs", 3e12, "3.00 T"),
        ("macs", 3e15, "3.00 P"),
        ("activations", 0, "0 B"),
        ("activations", 999, "999 B"),
        ("activations", 1000, "1.00 kB"),
        ("activations", 3_211_264, "3.21 MB"),
        ("field", 427, "427 px"),
        ("field", 1451, "1451 px"),
        ("time", 0.84, "0.84 ms"),
        ("time", 12.345, "12.3 ms"),
        ("time", 0.0123, "12.3 µs"),
        ("time", 0.00042, "0.42 µs"),
        ("time", 1234.5, "1234 ms"),
    ],
)
def test_words_for_a_value(metric: str, value: float, text: str) -> None:
    assert METRICS[metric].text(value) == text


@pytest.mark.parametrize("metric", METRICS)
def test_what_was_not_computed_is_a_dash(metric: str) -> None:
    assert METRICS[metric].text(None) == "-"


@given(st.floats(0, 9e17))
def test_a_number_in_short_is_near_the_number(value: float) -> None:
    number, _, letter = short(value).partition(" ")
    said = float(number) * {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}[letter]
    assert said == pytest.approx(value, rel=6e-3, abs=0.51)
    assert len(number.replace(".", "")) <= 3


def test_a_noun_follows_a_number() -> None:
    assert [metric.noun for metric in METRICS.values()] == [
        "parameters", "MACs", "activation memory", "receptive field", "time"
    ]  # fmt: skip
