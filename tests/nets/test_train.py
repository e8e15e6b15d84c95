"""Training learns, stops and goes on exactly, and says truly what came of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import Tensor

from resviz.arch.spec import ResNetSpec
from resviz.errors import DataError, UsageError
from resviz.nets import card, data
from resviz.nets.augment import LEVELS, augment
from resviz.nets.checkpoints import load_model, spec_of_checkpoint
from resviz.nets.evaluate import Normalise, accuracy, confusion
from resviz.nets.recipe import Recipe, learning_rate
from resviz.nets.train import Epoch, Trainer, choose_precision
from tests import pictures

SPEC = ResNetSpec("basic", (1, 1), width=8, stem="cifar", classes=3, size=12)
RECIPE = Recipe(epochs=6, batch=12, rate=0.1, augment="crop", holdout=0.1, seed=1)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Networks this small lose more to waiting of threads for each other than they gain."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> data.Dataset:
    root = tmp_path_factory.mktemp("shapes")
    return data.load(
        pictures.zipped(root / "shapes.zip", pictures.files(train=40, test=20, size=12)), size=12, classes=3
    )


@pytest.fixture(scope="module")
def trained(shapes: data.Dataset) -> Trainer:
    trainer = Trainer(SPEC, shapes, RECIPE)
    assert trainer.run()
    return trainer


class StopAt:
    """Answers True after so many steps, and counts on."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def __call__(self) -> bool:
        self.left -= 1
        return self.left == 0


def equal(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[key], second[key]) for key in first)


def test_it_learns_what_it_is_shown(trained: Trainer, shapes: data.Dataset) -> None:
    assert shapes.test is not None
    counts = confusion(trained.best_model(), shapes.test, Normalise(trained.mean, trained.std))
    assert counts.sum(1).tolist() == [20, 20, 20]
    assert accuracy(counts) >= 0.9


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_of_augmentation_lets_the_loss_fall(shapes: data.Dataset, level: str) -> None:
    epochs: list[Epoch] = []
    Trainer(SPEC, shapes, replace(RECIPE, epochs=3, augment=level)).run(on_epoch=epochs.append)
    assert [epoch.epoch for epoch in epochs] == [1, 2, 3]
    assert epochs[-1].loss < 0.9 * epochs[0].loss


def test_the_seed_decides_everything(shapes: data.Dataset) -> None:
    recipe = replace(RECIPE, epochs=1, augment="photo")
    first, again, other = (Trainer(SPEC, shapes, replace(recipe, seed=seed)) for seed in (1, 1, 2))
    for trainer in (first, again, other):
        trainer.run()
    assert equal(first.best, again.best)
    assert not equal(first.best, other.best)


@pytest.mark.parametrize("steps", [1, 9, 13])
def test_a_run_that_was_stopped_goes_on_as_if_it_had_not(shapes: data.Dataset, steps: int) -> None:
    recipe = replace(RECIPE, epochs=2, augment="photo")
    whole = Trainer(SPEC, shapes, recipe)
    assert whole.run()
    stopped = Trainer(SPEC, shapes, recipe)
    assert not stopped.run(stop=StopAt(steps))
    assert (stopped.epoch, stopped.step) == divmod(steps, whole.steps) or stopped.step == whole.steps
    resumed = Trainer(SPEC, shapes, recipe)
    resumed.restore(stopped.state())
    assert resumed.run()
    assert equal(resumed.model.state_dict(), whole.model.state_dict())
    assert equal(resumed.best, whole.best)
    assert resumed.history == whole.history
    assert resumed.best_epoch == whole.best_epoch


@pytest.mark.parametrize(
    ("recipe", "named"),
    [
        (replace(RECIPE, seed=2), "seed"),
        (replace(RECIPE, epochs=9), "epochs"),
        (replace(RECIPE, augment="none"), "augment"),
    ],
)
def test_a_run_does_not_go_on_with_another_recipe(
    trained: Trainer, shapes: data.Dataset, recipe: Recipe, named: str
) -> None:
    other = Trainer(SPEC, shapes, recipe)
    with pytest.raises(DataError, match=rf"differs in {named};") as caught:
        other.restore(trained.state())
    assert caught.value.code == "resume_other"


def test_a_run_does_not_go_on_with_other_pictures(trained: Trainer, shapes: data.Dataset) -> None:
    darker = data.Split(shapes.train.images // 2, shapes.train.labels)
    with pytest.raises(DataError, match="differs in data"):
        Trainer(SPEC, replace(shapes, train=darker), RECIPE).restore(trained.state())


@pytest.mark.parametrize("damage", [lambda state: state[: len(state) // 2], lambda _: b"", lambda _: b"nonsense"])
def test_a_damaged_state_is_told(trained: Trainer, shapes: data.Dataset, damage: object) -> None:
    assert callable(damage)
    with pytest.raises(DataError) as caught:
        Trainer(SPEC, shapes, RECIPE).restore(damage(trained.state()))
    assert caught.value.code == "resume_damaged"


def test_the_rate_warms_up_and_ends_at_zero() -> None:
    recipe = Recipe(rate=0.4, warmup=0.1)
    rates = [learning_rate(step / 100, recipe) for step in range(101)]
    assert rates[0] < 0.01
    assert max(rates) == rates[10] == pytest.approx(0.4)
    assert rates[:11] == sorted(rates[:11])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[55] == pytest.approx(0.2)
    assert rates[100] == pytest.approx(0, abs=1e-9)


def test_a_limit_of_time_shortens_the_schedule_and_still_ends_at_zero(shapes: data.Dataset) -> None:
    trainer = Trainer(SPEC, shapes, replace(RECIPE, epochs=1000), minutes=1e-6)
    epochs: list[Epoch] = []
    assert trainer.run(on_epoch=epochs.append)
    assert [(epoch.epoch, epoch.epochs) for epoch in epochs] == [(1, 1000), (2, 2)]
    last = trainer.share * (trainer.steps - 1) / trainer.steps + 1 - trainer.share
    assert learning_rate(last, trainer.recipe) < 0.1 * trainer.recipe.rate


def test_the_best_epoch_is_kept_and_of_equals_the_last(shapes: data.Dataset) -> None:
    trainer = Trainer(SPEC, shapes, RECIPE)
    kept: list[dict[str, Tensor]] = []
    epochs: list[Epoch] = []

    def note(epoch: Epoch) -> None:
        epochs.append(epoch)
        kept.append(dict(trainer.best))

    trainer.run(on_epoch=note)
    highest = max(epoch.validation for epoch in epochs)
    last = max(epoch.epoch for epoch in epochs if epoch.validation == highest)
    assert (trainer.best_epoch, trainer.best_accuracy) == (last, highest)
    assert equal(trainer.best, kept[last - 1])


def test_a_rate_that_is_far_too_high_is_told(shapes: data.Dataset) -> None:
    with pytest.raises(UsageError, match=r"epoch 1: .* below 1e\+30"):
        Trainer(SPEC, shapes, replace(RECIPE, rate=1e30, warmup=0.0)).run()


def test_bf16_learns_too(shapes: data.Dataset) -> None:
    trainer = Trainer(SPEC, shapes, replace(RECIPE, precision="bf16", epochs=4))
    epochs: list[Epoch] = []
    trainer.run(on_epoch=epochs.append)
    assert epochs[-1].loss < 0.9 * epochs[0].loss
    assert {value.dtype for value in trainer.best.values()} == {torch.float32, torch.int64}


def test_the_precision_is_measured() -> None:
    assert choose_precision(SPEC, RECIPE, "cpu") in ("fp32", "bf16")


def test_augmentation_repeats_with_its_generator_and_keeps_the_range() -> None:
    images = torch.randint(256, (32, 3, 16, 16), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    first, again, other = (augment(images, "photo", torch.Generator().manual_seed(seed)) for seed in (5, 5, 6))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.shape == images.shape
    assert 0 <= float(first.min()) < float(first.max()) <= 1


def test_no_augmentation_changes_nothing_and_crop_moves_whole_pixels() -> None:
    images = torch.randint(256, (64, 1, 16, 16), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    dice = torch.Generator().manual_seed(1)
    assert torch.equal(augment(images, "none", dice), images.float() / 255)
    moved = augment(images, "crop", dice)
    # The middle of a picture moved by whole pixels is somewhere in the original, as it is or mirrored.
    for before, after in zip(images.float() / 255, moved, strict=True):
        middle = after[:, 6:10, 6:10]
        windows = before.unfold(1, 4, 1).unfold(2, 4, 1)
        found = [(windows - part[:, None, None]).abs().amax((3, 4)).min() for part in (middle, middle.flip(2))]
        assert min(float(distance) for distance in found) < 1e-4


# --- what is left behind -----------------------------------------------------------------------------------


@pytest.mark.parametrize("store", card.STORES)
def test_the_card_is_true(trained: Trainer, shapes: data.Dataset, tmp_path: Path, store: str) -> None:
    path = tmp_path / "shapes.safetensors"
    returned = card.write(trainer=trained, path=path, store=store, command="resviz train ...", digest="abc")
    made = json.loads(path.with_suffix(".json").read_text("utf-8"))
    blob = path.read_bytes()
    assert made == json.loads(json.dumps(returned))
    assert (made["file"], made["bytes"]) == (path.name, len(blob))
    assert made["sha256"] == hashlib.sha256(blob).hexdigest()
    assert made["labels"] == ["disc", "ring", "square"]
    assert made["data"]["sha256"] == "abc"
    assert [made["data"][key] for key in ("train", "validation", "test", "broken")] == [108, 12, 60, 0]
    assert (made["recipe"]["epochs"], made["seed"]) == (6, 1)
    assert spec_of_checkpoint(path) == SPEC
    assert shapes.test is not None
    counts = confusion(load_model(SPEC, path), shapes.test, Normalise(made["mean"], made["std"]))
    assert made["confusion"] == counts.tolist()
    assert made["accuracy"] == {"test": accuracy(counts), "images": 60}


def test_fp16_rounds_kernels_but_not_batch_norm(trained: Trainer, tmp_path: Path) -> None:
    path = tmp_path / "half.safetensors"
    card.write(trained, path, store="fp16", command="")
    stored = safetensors.torch.load_file(path)
    assert stored["conv1.weight"].dtype == torch.float16
    assert stored["bn1.running_var"].dtype == torch.float32
    assert torch.equal(stored["fc.bias"], trained.best["fc.bias"])
    assert torch.equal(stored["conv1.weight"], trained.best["conv1.weight"].half())


def test_what_fp16_cannot_hold_stays_fp32() -> None:
    stored = card.rounded({"a": torch.full((2, 2), 1e6), "b": torch.full((2, 2), 1e3)}, "fp16")
    assert (stored["a"].dtype, stored["b"].dtype) == (torch.float32, torch.float16)


def test_without_a_test_split_the_card_says_validation(shapes: data.Dataset, tmp_path: Path) -> None:
    trainer = Trainer(SPEC, replace(shapes, test=None), replace(RECIPE, epochs=1))
    trainer.run()
    made = card.write(trainer, tmp_path / "a.safetensors", store="fp32", command="")
    assert made["accuracy"] == {"validation": trainer.best_accuracy, "images": 12}


def test_what_cannot_be_written_is_told(trained: Trainer, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        card.write(trained, tmp_path / "gone" / "a.safetensors", store="fp16", command="")
    assert caught.value.code == "train_output"
