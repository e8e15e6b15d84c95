"""`resviz explain IMAGE --method M -o FILE`: which places of a picture speak for a class."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import TYPE_CHECKING

from resviz.commands.classify import add_assume, load_classifier
from resviz.commands.common import add_network_arguments
from resviz.errors import SpecError, UsageError
from resviz.files import reason, shown
from resviz.paths import write_atomic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from resviz.nets.classifier import Classifier, Result
    from resviz.nets.explain import Attribution

_METHODS = ("gradcam", "occlusion", "ig", "gradient")
_SUFFIXES = (".png", ".npz")
SIDE = 448
"""Pixels of each of the two pictures, at least."""
GAP, HEAD = 12, 30
INK, PAPER = (27, 31, 36), (255, 255, 255)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("image", metavar="IMAGE", help="picture file")
    parser.add_argument("--method", choices=_METHODS, default="gradcam", help="how it is found out (default gradcam)")
    parser.add_argument("--layer", metavar="ID", help="of gradcam: the layer (default: the last stage's output)")
    parser.add_argument("--class", dest="label", metavar="C", help="a class by name or number (default: the likeliest)")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="FILE.png, or FILE.npz for the numbers")
    add_network_arguments(parser)
    add_assume(parser)


def run(args: argparse.Namespace) -> int:
    """Write the picture beside the same with what speaks for the class laid over it."""
    output = Path(args.output)
    if output.suffix.lower() not in _SUFFIXES:
        raise UsageError("explain_suffix", name=shown(output))
    if args.layer is not None and args.method != "gradcam":
        raise UsageError("explain_layer", method=args.method)
    classifier = load_classifier(args)
    from resviz.nets.explain import explain
    from resviz.nets.images import decode_file

    result = classifier.predict(lambda least: decode_file(args.image, least=least), top=1)
    index = result.top[0].index if args.label is None and result.top else class_index(classifier, args.label or "0")
    batch = result.steps.batch.to(classifier.device)
    found = explain(classifier.model, batch, args.method, index, layer=args.layer or "")
    _write(output, _document(output.suffix.lower(), classifier, result, found))
    where = f" at {found.layer}" if found.layer else ""
    note = f"; {classifier.note}" if classifier.note else ""
    print(f"{shown(output)}: {args.method}{where} for {classifier.labels[index]}{note}")
    return 0


def class_index(classifier: Classifier, text: str) -> int:
    """A class by its name or its number. Raises `SpecError` with the names that are near."""
    from difflib import get_close_matches

    names = [label.casefold() for label in classifier.labels]
    if text.casefold() in names:
        return names.index(text.casefold())
    if text.isdecimal():
        if int(text) < len(names):
            return int(text)
        raise SpecError("class_range", index=shown(text, 20), last=len(names) - 1)
    near = get_close_matches(text.casefold(), names, n=3)
    raise SpecError("class_unknown", name=shown(text, 40), hint=f"; near it: {', '.join(near)}" if near else "")


def _document(suffix: str, classifier: Classifier, result: Result, found: Attribution) -> bytes:
    import numpy as np

    data = io.BytesIO()
    if suffix == ".npz":
        np.savez(data, values=found.values, seen=result.seen, index=np.int64(found.index))
    else:
        draw(result.seen, found.values, _title(classifier, result, found), found.method).save(data, "PNG")
    return data.getvalue()


def _title(classifier: Classifier, result: Result, found: Attribution) -> str:
    chance = float(np_softmax(result.logits)[found.index])
    parts = [found.method, found.layer, f"for {classifier.labels[found.index]} ({chance:.1%})"]
    return " · ".join(part for part in (*parts, "" if classifier.trained else classifier.note) if part)


def np_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Probabilities `(classes,)`."""
    import numpy as np

    powers = np.exp(logits.astype(np.float64) - logits.max())
    chances: NDArray[np.float64] = powers / powers.sum()
    return chances


def draw(seen: NDArray[np.uint8], values: NDArray[np.float32], title: str, method: str = "") -> Image.Image:
    """What the network saw, `(h, w, 3)`, and the same under `values`: red speaks for the class, blue against it."""
    import numpy as np
    from PIL import Image, ImageDraw

    from resviz.heatmap import laid_over

    factor = max(1, -(-SIDE // max(seen.shape[:2])))
    size = (seen.shape[1] * factor, seen.shape[0] * factor)
    plain = Image.fromarray(seen).resize(size, Image.Resampling.NEAREST)
    over = Image.fromarray(laid_over(np.asarray(plain), values, method))
    pen = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    width = max(2 * size[0] + 3 * GAP, int(pen.textlength(title)) + 2 * GAP)
    sheet = Image.new("RGB", (width, size[1] + HEAD + GAP), PAPER)
    ImageDraw.Draw(sheet).text((GAP, 9), title.replace("×", "x"), fill=INK)
    sheet.paste(plain, (GAP, HEAD))
    sheet.paste(over, (2 * GAP + size[0], HEAD))
    return sheet


def _write(output: Path, data: bytes) -> None:
    try:
        write_atomic(output, data)
    except OSError as error:
        raise UsageError("output_write", name=shown(output), reason=reason(error)) from error
