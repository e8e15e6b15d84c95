"""`resviz train SPEC --data DIR|ARCHIVE -o FILE.safetensors`: train a network, leave weights and a card."""

from __future__ import annotations

import argparse
import hashlib
import shlex
import signal
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Any

from resviz.arch.notation import format_spec
from resviz.arch.spec import ResNetSpec
from resviz.commands.common import resolve
from resviz.errors import UsageError

if TYPE_CHECKING:
    from resviz.nets.data import Dataset
    from resviz.nets.recipe import Recipe
    from resviz.nets.train import Epoch, Step, Trainer

# Written out here: the modules that own these lists import torch, which --help need not wait for.
_AUGMENT = ("none", "crop", "photo", "digit")
_PRECISION = ("auto", "fp32", "bf16")
_STORE = ("fp16", "fp32")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("spec", metavar="SPEC", help="preset, spec file, checkpoint or notation (basic:2,2,2,2)")
    source = "pictures in train/CLASS/ (and test/CLASS/), or in CLASS/: a folder, a tar or a zip"
    add("--data", required=True, metavar="DIR|ARCHIVE", help=source)
    add(
        "-o",
        "--output",
        required=True,
        metavar="FILE",
        help="the weights, .safetensors; their card lies beside",
    )
    add("--epochs", type=int, default=60, metavar="N", help="passes over the data (60)")
    add("--max-minutes", type=float, metavar="M", help="shorten the schedule so that it ends within M minutes")
    add("--batch", type=int, default=256, metavar="N", help="pictures a step (256)")
    add("--rate", type=float, default=0.2, metavar="R", help="highest learning rate (0.2)")
    add("--augment", choices=_AUGMENT, default="photo", help="how pictures are changed at random (photo)")
    add("--holdout", type=float, default=0.05, metavar="S", help="share held out for validation (0.05)")
    add("--seed", type=int, default=0, metavar="N")
    add("--precision", choices=_PRECISION, default="auto", help="auto measures which is faster")
    add("--store", choices=_STORE, default="fp16", help="number format of the file (fp16)")
    add("--threads", type=int, metavar="N", help="CPU threads")
    add("--device", default="auto", metavar="D", help="auto, cpu, cuda, cuda:N or mps")
    add("--restart", action="store_true", help="begin anew even if an interrupted run could go on")


def run(args: argparse.Namespace) -> int:
    """Train; 0 when done, 130 after Ctrl-C (the same command goes on from there)."""
    spec = resolve(args.spec).spec
    output = Path(args.output)
    _check(args)
    _check_output(output)

    import torch

    from resviz.nets import card, data

    if args.threads:
        torch.set_num_threads(args.threads)
    source = Path(args.data)
    pictures = data.load(source, size=spec.size, channels=spec.channels, classes=spec.classes, report=_reading)
    _say(_overview(pictures))
    resume = _resume(output)
    trainer = _trainer(args, spec, pictures, resume)
    with _signals() as caught:
        keep = _Keeper(trainer, resume)
        finished = trainer.run(stop=lambda: bool(caught), on_step=_Ticker(), on_epoch=keep)
    if not finished:
        _write(resume, trainer.state())
        _say(f"stopped in epoch {trainer.epoch + 1}; the same command goes on from here ({resume.name})")
        return 128 + caught[0]
    command = _command(args, trainer)
    made = card.write(trainer, output, store=args.store, command=command, digest=_digest(source))
    resume.unlink(missing_ok=True)
    _say(_result(made, output))
    return 0


# --- before -------------------------------------------------------------------------------------------------


def _check(args: argparse.Namespace) -> None:
    limits: list[tuple[str, Any, bool, str]] = [
        ("--epochs", args.epochs, args.epochs >= 1, "1 or more"),
        ("--batch", args.batch, args.batch >= 2, "2 or more"),
        ("--rate", args.rate, 0 < args.rate < 1000, "above 0 (and below 1000)"),
        ("--holdout", args.holdout, 0 < args.holdout < 1, "between 0 and 1"),
        ("--max-minutes", args.max_minutes, args.max_minutes is None or args.max_minutes > 0, "above 0"),
        ("--threads", args.threads, args.threads is None or 1 <= args.threads <= 1024, "1 to 1024"),
        ("--seed", args.seed, 0 <= args.seed < 2**31, "0 to 2147483647"),
    ]
    for option, value, fine, what in limits:
        if not fine:
            raise UsageError("train_option", option=option, what=what, value=value)


def _check_output(output: Path) -> None:
    """An hour of training must not end in "permission denied"."""
    if output.suffix != ".safetensors":
        raise UsageError("train_suffix", path=output.name)
    try:
        if _is_folder(output):
            raise UsageError("train_output", path=output, reason="it is a folder")
        _is_folder(_resume(output))  # the longest name that is written beside it: raises if it is too long
        with tempfile.TemporaryFile(dir=output.parent):
            pass
    except OSError as error:
        raise UsageError("train_output", path=output, reason=error.strerror or str(error)) from error


def _resume(output: Path) -> Path:
    """Where an interrupted training is kept."""
    return output.with_name(f"{output.name}.resume")


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except FileNotFoundError:
        return False


def _trainer(args: argparse.Namespace, spec: ResNetSpec, pictures: Dataset, resume: Path) -> Trainer:
    from resviz.nets import devices, memory
    from resviz.nets.recipe import Recipe
    from resviz.nets.train import Trainer, choose_precision, read_state

    names = {field.name for field in fields(Recipe)} & vars(args).keys()
    recipe = Recipe(**{name: getattr(args, name) for name in names})
    device = devices.resolve(args.device)
    memory.check(spec, device)
    saved = resume.read_bytes() if resume.is_file() and not args.restart else None
    if args.precision == "auto":
        before = read_state(saved)["signature"]["precision"] if saved else None
        if before is None:
            _say("measuring whether fp32 or bf16 is faster here")
        recipe = replace(recipe, precision=before or choose_precision(spec, recipe, device))
    trainer = Trainer(spec, pictures, recipe, device, args.max_minutes)
    if saved:
        trainer.restore(saved)
    going_on = f"; going on in epoch {trainer.epoch + 1}" if saved else ""
    counts = f"{len(trainer.train):,} pictures to train on, {len(trainer.val):,} held out"
    _say(f"{format_spec(spec)} on {device}, {recipe.precision}, {counts}{going_on}")
    return trainer


# --- during -------------------------------------------------------------------------------------------------


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Collects SIGINT and SIGTERM instead of dying of the first; the second is obeyed at once."""
    caught: list[int] = []
    before: dict[signal.Signals, Any] = {}

    def put_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def note(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        put_back()

    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, note)
    try:
        yield caught
    finally:
        put_back()


class _Keeper:
    """After every epoch: the state to disk, a line to the terminal."""

    def __init__(self, trainer: Trainer, resume: Path) -> None:
        self.trainer, self.resume = trainer, resume

    def __call__(self, epoch: Epoch) -> None:
        _write(self.resume, self.trainer.state())
        _say(
            f"epoch {epoch.epoch}/{epoch.epochs}  loss {epoch.loss:.3f}  validation {epoch.validation:.2%}  "
            f"{epoch.images_per_second:,.0f} images/s  {_clock(epoch.seconds_left)} left"
            + ("  best so far" if epoch.best else "")
        )


class _Ticker:
    """The line that moves while an epoch runs; only on a terminal."""

    def __init__(self) -> None:
        self.shown = 0.0

    def __call__(self, step: Step) -> None:
        if sys.stderr.isatty() and monotonic() - self.shown > 0.5:
            self.shown = monotonic()
            _tick(
                f"epoch {step.epoch}/{step.epochs}  {step.step / step.steps:4.0%}  loss {step.loss:.3f}  "
                f"{step.images_per_second:,.0f} images/s  {_clock(step.seconds_left)} left"
            )


def _reading(done: int, total: int) -> None:
    if sys.stderr.isatty():
        _tick(f"reading pictures {done:,}/{total:,}")


def _tick(line: str) -> None:
    print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _say(line: str) -> None:
    start = "\r\x1b[K" if sys.stderr.isatty() else ""
    print(f"{start}{line}", file=sys.stderr, flush=True)


def _clock(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def _write(path: Path, data: bytes) -> None:
    from resviz.paths import write_atomic

    try:
        write_atomic(path, data)
    except OSError as error:
        raise UsageError("train_output", path=path, reason=error.strerror or str(error)) from error


# --- after --------------------------------------------------------------------------------------------------


def _overview(pictures: Dataset) -> str:
    test = 0 if pictures.test is None else len(pictures.test)
    parts = [
        f"{len(pictures.labels)} classes",
        f"{len(pictures.train):,} pictures to train",
        f"{test:,} to test",
    ]
    if pictures.broken:
        parts.append(f"{pictures.broken:,} broken ones left out")
    return f"{pictures.name}: {', '.join(parts)}"


def _result(made: dict[str, Any], output: Path) -> str:
    split, share = next(iter(made["accuracy"].items()))
    right = f"{share:.2%} of {made['accuracy']['images']:,} {split} pictures right"
    size = f"{made['bytes']:,} bytes ({made['store']})"
    return f"{output}: {size}, {right}; card {output.with_suffix('.json').name}"


def _digest(path: Path) -> str | None:
    """SHA-256 of an archive; a folder has none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _command(args: argparse.Namespace, trainer: Trainer) -> str:
    """The command that does the same again, with names of files but not where they lie."""
    recipe: Recipe = trainer.recipe
    words: list[object] = ["resviz", "train", format_spec(trainer.spec)]
    words += ["--data", trainer.data.name, "-o", Path(args.output).name]
    for name in ("epochs", "batch", "rate", "augment", "holdout", "seed", "precision"):
        words += [f"--{name}", getattr(recipe, name)]
    words += ["--store", args.store]
    if args.max_minutes is not None:
        words += ["--max-minutes", f"{args.max_minutes:g}"]
    return shlex.join(map(str, words))
