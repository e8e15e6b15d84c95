"""`resviz explain IMAGE --method M -o FILE`: which places of a picture speak for a class."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resviz.commands.classify import add_assume, load_classifier
from resviz.commands.common import add_network_arguments
from resviz.commands.output import check_output, png, save
from resviz.commands.trust import doubt
from resviz.errors import SpecError, UsageError
from resviz.files import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image, ImageDraw

    from resviz.nets.classifier import Classifier, Result
    from resviz.nets.explain import Attribution

_METHODS = {
    "gradcam": "Grad-CAM",
    "occlusion": "Occlusion",
    "ig": "Integrated gradients",
    "gradient": "Input gradient",
}
_SUFFIXES = (".png", ".npz")
SIDE = 448
"""Pixels of each of the two pictures, at least."""
GAP, LINE = 12, 18
_RAMP, _HIGH = 96, 10
#: An unknown class is answered with so many known ones.
_FEW = 10


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("image", metavar="IMAGE", help="picture file")
    parser.add_argument(
        "--method", choices=list(_METHODS), default="gradcam", help="how it is found out (default gradcam)"
    )
    parser.add_argument("--layer", metavar="ID", help="of gradcam: the layer (default: the last stage's output)")
    parser.add_argument("--class", dest="label", metavar="C", help="a class by name or number (default: the likeliest)")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="FILE.png, or FILE.npz for the numbers")
    parser.add_argument("--plain", action="store_true", help="of a PNG: the covered picture alone, without any words")
    add_network_arguments(parser)
    add_assume(parser)


def run(args: argparse.Namespace) -> int:
    """Write the picture beside the same with what speaks for the class laid over it."""
    output = Path(args.output)
    if output.suffix.lower() not in _SUFFIXES:
        raise UsageError("maps_suffix", name=shown(output))
    is_picture = output.suffix.lower() == ".png"
    if args.plain and not is_picture:
        raise UsageError("explain_picture")
    if args.layer is not None and args.method != "gradcam":
        raise UsageError("explain_layer", method=args.method)
    check_output(output)
    classifier = load_classifier(args)
    index = None if args.label is None else class_index(classifier, args.label)
    result, found = _found(classifier, args, index)
    save(output, _picture(classifier, result, found, args.plain) if is_picture else _numbers(result, found))
    where = f" at {found.layer}" if found.layer else ""
    why = doubt(classifier)
    note = f"; {classifier.note}" if classifier.note and not why else ""
    print(f"{shown(output)}: {_METHODS[args.method]}{where} for {classifier.labels[found.index]}{note}")
    if why:
        print(f"resviz: {why}: this explains nothing", file=sys.stderr)
    return 0


def _found(classifier: Classifier, args: argparse.Namespace, index: int | None) -> tuple[Result, Attribution]:
    from resviz.nets.capture import check_layer
    from resviz.nets.explain import explain
    from resviz.nets.images import decode_file

    layer = check_layer(classifier.spec, args.layer) if args.layer is not None else ""
    result = classifier.predict(lambda least: decode_file(args.image, least=least), top=1)
    if not result.top:
        raise UsageError("no_prediction", name=shown(args.image), reason=result.note)
    batch = result.steps.batch.to(classifier.device)
    chosen = result.top[0].index if index is None else index
    return result, explain(classifier.model, batch, args.method, chosen, layer=layer)


def class_index(classifier: Classifier, text: str) -> int:
    """A class by its name or its number. Raises `SpecError` with the names that are near."""
    from difflib import get_close_matches

    names = [label.casefold() for label in classifier.labels]
    if text.casefold() in names:
        return names.index(text.casefold())
    if text.isdecimal():
        if len(text) < 10 and int(text) < len(names):
            return int(text)
        raise SpecError("class_range", index=shown(text, 20), last=len(names) - 1)
    near = get_close_matches(text.casefold(), names, n=3)
    hint = f"near it: {', '.join(near)}" if near else _some(classifier.labels)
    raise SpecError("class_unknown", name=shown(text, 40), hint=hint)


def _some(labels: Sequence[str]) -> str:
    """Ten classes, and how many more there are."""
    more = f" and {len(labels) - _FEW} more" if len(labels) > _FEW else ""
    return f"it knows {', '.join(labels[:_FEW])}{more}; a number from 0 to {len(labels) - 1} will do as well"


# --- what is written ----------------------------------------------------------------------------------------


def _numbers(result: Result, found: Attribution) -> bytes:
    """By the names that the window gives them too."""
    from resviz.maps.kept import npz

    said = {"index": found.index, "layer": found.layer, "method": found.method}
    return npz({"values": found.values, "seen": result.seen, **said})


def _picture(classifier: Classifier, result: Result, found: Attribution, plain: bool) -> bytes:
    before, after = laid(result.seen, found.values, found.method)
    return png(after if plain else sheet(before, after, *_caption(classifier, result, found)))


def _caption(classifier: Classifier, result: Result, found: Attribution) -> tuple[list[str], str]:
    """What it is, and the class it is about."""
    label = shown(classifier.labels[found.index], 60)
    chance = float(np_softmax(result.logits)[found.index])
    name = shown(Path(result.picture.name).name, 60)
    weights = shown(Path(classifier.weights).name, 60) if classifier.weights else ""
    return [_METHODS[found.method], found.layer, f"for {label} ({chance:.1%})", name, weights, doubt(classifier)], label


def np_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Probabilities `(classes,)`."""
    import numpy as np

    powers = np.exp(logits.astype(np.float64) - logits.max())
    chances: NDArray[np.float64] = powers / powers.sum()
    return chances


def laid(seen: NDArray[np.uint8], values: NDArray[np.float32], method: str = "") -> tuple[Image.Image, Image.Image]:
    """What the network saw, `(h, w, 3)`, enlarged, and the same under `values`."""
    import numpy as np
    from PIL import Image

    from resviz.heatmap import laid_over

    factor = max(1, -(-SIDE // max(seen.shape[:2])))
    size = (seen.shape[1] * factor, seen.shape[0] * factor)
    before = Image.fromarray(seen).resize(size, Image.Resampling.NEAREST)
    return before, Image.fromarray(laid_over(np.asarray(before), values, method))


def sheet(before: Image.Image, after: Image.Image, caption: list[str], label: str) -> Image.Image:
    """Two pictures side by side; below them the caption, and that red speaks for `label` and blue against it."""
    from PIL import Image, ImageDraw

    from resviz.commands import letters

    inner = before.width + GAP + after.width
    words = letters.lines(caption, inner)
    width = max(inner, _legend_width(label), *map(letters.width, words)) + 2 * GAP
    foot = 2 * GAP + before.height
    made = Image.new("RGB", (width, foot + (len(words) + 1) * LINE + GAP // 2), letters.PAPER)
    made.paste(before, (GAP, GAP))
    made.paste(after, (2 * GAP + before.width, GAP))
    pen = ImageDraw.Draw(made)
    for number, line in enumerate(words):
        letters.write(pen, (GAP, foot + number * LINE), line)
    _legend(made, pen, foot + len(words) * LINE, label)
    return made


def _legend_words(label: str) -> tuple[str, str]:
    return "against", f"for {label}"


def _legend_width(label: str) -> int:
    from resviz.commands import letters

    return sum(map(letters.width, _legend_words(label))) + _RAMP + 2 * GAP


def _legend(made: Image.Image, pen: ImageDraw.ImageDraw, top: int, label: str) -> None:
    import numpy as np
    from PIL import Image

    from resviz.commands import letters
    from resviz.heatmap import coloured

    against, speaks = _legend_words(label)
    letters.write(pen, (GAP, top), against, muted=True)
    left = GAP + letters.width(against) + GAP // 2
    colours = coloured(np.linspace(-1, 1, _RAMP, dtype=np.float32)).round().astype(np.uint8)
    made.paste(Image.fromarray(colours[None]).resize((_RAMP, _HIGH)), (left, top + 3))
    letters.write(pen, (left + _RAMP + GAP // 2, top), speaks, muted=True)
