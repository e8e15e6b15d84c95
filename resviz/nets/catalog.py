"""Which trained weights there are: those shipped, those downloaded, and those torchvision offers for
download.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from resviz.arch.notation import from_json, to_json
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.errors import CheckpointError, SpecError
from resviz.files import exists, read_json_object, reason, shown
from resviz.nets import folders
from resviz.nets.preprocess import Preprocess
from resviz.paths import resources, weights_dir
from resviz.ways import INTERPOLATIONS, LARGEST_RESIZE, How, Interpolation

log = logging.getLogger(__name__)

DEFAULT = "resnet18-w16-cifar10"
"""The network this program opens with."""
TORCHVISION = (
    *("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"),
    *("resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2"),
)
IMAGENET_LICENCE = (
    "ImageNet terms: its pictures are given for non-commercial research and education. torchvision states no licence "
    "for these weights and says that terms may follow from the training data; whether they do is not settled. Look "
    "into it before commercial use."
)
SHIPPED_LICENCE = "MIT: trained by this project, and under the licence of the program."
LARGEST_FILE = 1 << 40
"""Bytes beyond which a card's figure is a slip."""
WAYS: tuple[How, ...] = ("square", "short", "digit")
SOURCES = ("card", "torchvision")
"""Whose values those of a card may be."""


@dataclass(frozen=True)
class Entry:
    """Trained weights: `path` is None while they are not on this disk, `accuracy` is top-1, 0 to 1, `size` in
    bytes.

    `how`, `resize`, `interpolation`, `mean`, `std` and `source` are those of `preprocess.Preprocess`; `resize` goes
    with `spec.size`. `licence` is a note in words, its short form before the colon; `data` what the weights were
    trained on; `recipe` the address of how; `sha256` as many digits as are known.
    """

    name: str
    title: str
    spec: ResNetSpec
    labels: tuple[str, ...]
    path: Path | None
    accuracy: float | None
    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    how: How = "square"
    resize: int = 0
    interpolation: Interpolation = "bilinear"
    url: str = ""
    source: str = "card"
    top5: float | None = None
    licence: str = ""
    data: str = ""
    recipe: str = ""
    sha256: str = ""
    shipped: bool = False

    def preprocess(self, spec: ResNetSpec) -> Preprocess:
        """How a picture is made ready for these weights at `spec.size`; the margin that is cut off scales
        along.
        """
        resize = round(self.resize * spec.size / self.spec.size)
        how, way = self.how, self.interpolation
        return Preprocess(spec.size, spec.channels, how, resize, way, self.mean, self.std, self.source)


def local() -> tuple[Entry, ...]:
    """All weights on this disk, the shipped ones first, those in folders of the user's choice last; a card that cannot
    be used is logged and left out.
    """
    found = (_as_shipped(entry) for entry in _in_folder(resources() / "weights"))
    shipped = sorted(found, key=lambda entry: entry.name != DEFAULT)
    others = (entry for folder in folders.known() for entry in in_folder_of_user(folder))
    return (*shipped, *_in_folder(weights_dir()), *others)


def online() -> tuple[Entry, ...]:
    """torchvision's ImageNet weights for ResNets (He 2015, table 1), ResNeXts (Xie 2017) and Wide ResNets (Zagoruyko
    2016); imports torchvision, asks no network.
    """
    on_disk = {entry.name: entry for entry in local()}
    return tuple(on_disk.get(entry.name, entry) for entry in _torchvision())


def every(folder: Path | None = None) -> tuple[Entry, ...]:
    """`local` and `online`, each name once; with what lies in `folder`."""
    here = in_folder_of_user(folder) if folder else ()
    known = {entry.name: entry for entry in (*online(), *here, *local())}
    return tuple(known[name] for name in {entry.name: None for entry in (*local(), *here, *online())})


def in_folder_of_user(folder: Path) -> tuple[Entry, ...]:
    """The weights with a card beside them; other files are left in peace."""
    found = (entry_of_card(card) for card in folders.cards_beside_weights(folder))
    return tuple(entry for entry in found if entry is not None and entry.path is not None and entry.path.is_file())


def _as_shipped(entry: Entry) -> Entry:
    return replace(entry, shipped=True, licence=entry.licence or SHIPPED_LICENCE)


def for_spec(spec: ResNetSpec) -> Entry | None:
    """The first weights on this disk that were trained for this very spec."""
    return next((entry for entry in local() if entry.spec == spec), None)


def find(name: str) -> Entry:
    """The weights of a name, on this disk. Raises `CheckpointError` saying how to get them, or which name is
    near.
    """
    known = {entry.name: entry for entry in local()}
    if name in known:
        return known[name]
    remote = {entry.name: entry for entry in online()}
    if name in remote:
        raise CheckpointError("weights_remote", name=name)
    if exists(name):
        raise CheckpointError("checkpoint_format", name=shown(name))
    near = get_close_matches(name, [*known, *remote], n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise CheckpointError("weights_unknown", name=shown(name), hint=hint)


# --- cards --------------------------------------------------------------------------------------------------


def _in_folder(folder: Path) -> Iterator[Entry]:
    try:
        cards = sorted(folder.glob("*.json"))
    except OSError:
        return
    for path in cards:
        entry = entry_of_card(path)
        if entry is not None and entry.path is not None and entry.path.is_file():
            yield entry


def entry_of_card(path: Path) -> Entry | None:
    """The weights a card describes; None, with a warning in the log, when it is broken."""
    try:
        status = path.stat()
    except OSError:
        return None
    return _entry_of_version(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=256)
def _entry_of_version(path: Path, *_version: int) -> Entry | None:
    """Cards are read once, and again when they change: every prediction looks through them."""
    card = read_json_object(path)
    try:
        if card is None:
            raise ValueError("it is no JSON object")
        return _validated(card, path)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError, SpecError) as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else reason(error)
        log.warning("the card %s is left out: %s", shown(path), why)
        return None


def _validated(card: dict[str, Any], path: Path) -> Entry:
    spec = from_json(card["spec"])
    labels = tuple(shown(label) for label in card["labels"])
    if len(labels) != spec.classes:
        raise ValueError(f"{len(labels)} labels for {spec.classes} classes")
    if Path(card["file"]).name != card["file"]:
        raise ValueError("its file lies elsewhere")
    (path.parent / card["file"]).is_file()  # raises for a name that no disk can have
    how = card.get("how", "square")
    interpolation = card.get("interpolation", "bilinear")
    if how not in WAYS or interpolation not in INTERPOLATIONS:
        raise ValueError("its preprocessing is not known")
    return Entry(
        name=_name(card["name"]),
        title=_name(card.get("title", card["name"])),
        spec=spec,
        labels=labels,
        path=path.parent / card["file"],
        accuracy=_accuracy(card.get("accuracy")),
        size=_whole(card.get("bytes", 0), LARGEST_FILE),
        mean=_numbers(card["mean"], spec, least=float("-inf")),
        std=_numbers(card["std"], spec, least=0),
        how=how,
        resize=_whole(card.get("short_side", 0), LARGEST_RESIZE),
        interpolation=interpolation,
        source=source if (source := card.get("source")) in SOURCES else "card",
        url=_text(card.get("url")),
        top5=_accuracy(card.get("top5")),
        licence=_text(card.get("licence")),
        data=_data(card.get("data")),
        recipe=_text(card.get("recipe")),
        sha256=_text(card.get("sha256")),
    )


def _numbers(values: Any, spec: ResNetSpec, least: float) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in values)
    if len(numbers) not in (1, spec.channels) or not all(least < number < float("inf") for number in numbers):
        raise ValueError("its mean and std do not fit its channels")
    return numbers


def _accuracy(value: Any) -> float | None:
    """A card's `accuracy` names its split: `{"test": 0.91, "images": 10000}`."""
    if not isinstance(value, dict):
        return None
    known = next((float(value[split]) for split in ("test", "validation") if value.get(split) is not None), None)
    if known is not None and not 0 <= known <= 1:
        raise ValueError("its accuracy is none")
    return known


def _whole(value: Any, most: int) -> int:
    number = int(value)
    if not 0 <= number <= most:
        raise ValueError(f"{shown(number, 20)} is out of range")
    return number


def _name(value: Any) -> str:
    """What a network is called, fit for a line of a list."""
    name = shown(value)
    if not name.strip():
        raise ValueError("it has no name")
    return name


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _data(value: Any) -> str:
    """What a card's weights were trained on; a training of this program names its archive: `cifar10-jpeg.tar.xz`."""
    name = _text(value.get("name")) if isinstance(value, dict) else _text(value)
    stem = name.partition(".")[0]
    return next((title for start, title in _DATA.items() if stem.lower().startswith(start)), stem)


_DATA = {"cifar100": "CIFAR-100", "cifar10": "CIFAR-10", "fashion": "Fashion-MNIST", "mnist": "MNIST"}


def card_of(entry: Entry, file: str) -> dict[str, Any]:
    """The card to put beside downloaded weights, so that they can be used without torchvision."""
    return {
        "format": 1,
        "name": entry.name,
        "title": entry.title,
        "file": file,
        "bytes": entry.size,
        "spec": to_json(entry.spec),
        "labels": list(entry.labels),
        "mean": list(entry.mean),
        "std": list(entry.std),
        "how": entry.how,
        "short_side": entry.resize,
        "interpolation": entry.interpolation,
        "accuracy": {"validation": entry.accuracy},
        "url": entry.url,
        "source": entry.source,
        "top5": {"validation": entry.top5},
        "licence": entry.licence,
        "data": entry.data,
        "recipe": entry.recipe,
    }


# --- torchvision --------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _torchvision() -> tuple[Entry, ...]:
    from torchvision.models import get_model_weights  # a second of imports, for those who ask

    return tuple(_offered(depth, weights) for depth in TORCHVISION for weights in get_model_weights(depth))


def _offered(depth: str, weights: Any) -> Entry:
    transform: Any = weights.transforms()
    measured = weights.meta["_metrics"]["ImageNet-1K"]
    spec = PRESETS[depth].spec
    return Entry(
        name=f"{depth}.{weights.name}",
        title=f"{PRESETS[depth].title} · ImageNet-1K ({weights.name.rpartition('_')[2]})",
        spec=replace(spec, size=transform.crop_size[0]),
        labels=tuple(weights.meta["categories"]),
        path=None,
        accuracy=round(measured["acc@1"] / 100, 5),
        size=round(weights.meta["_file_size"] * 2**20),
        mean=tuple(transform.mean),
        std=tuple(transform.std),
        how="short",
        resize=transform.resize_size[0],
        interpolation="bicubic" if "bicubic" in str(transform.interpolation) else "bilinear",
        url=weights.url,
        source="torchvision",
        top5=round(measured["acc@5"] / 100, 5),
        licence=IMAGENET_LICENCE,
        data="ImageNet-1K",
        recipe=weights.meta["recipe"],
        sha256=weights.url.rpartition("-")[2].partition(".")[0],
    )
