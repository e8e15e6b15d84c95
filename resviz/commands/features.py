"""`resviz features IMAGE --layer ID -o FILE`: the channels of one layer as a picture, or as numbers."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from resviz.commands.classify import add_assume, load_classifier
from resviz.commands.common import add_network_arguments
from resviz.commands.output import check_output, png, save
from resviz.errors import UsageError
from resviz.files import shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from resviz.commands.sheets import Look
    from resviz.heatmap import Floats
    from resviz.nets.capture import Maps
    from resviz.nets.classifier import Classifier, Result

# Written out here: the modules that own these lists import numpy, which --help need not wait for.
_SORTS = ("index", "mean", "max", "sparsity", "class")
_RANGES = ("channel", "layer", "network")
_SUFFIXES = (".png", ".npz")


class Found(NamedTuple):
    """What a network made of a picture at one layer; `whole` is the range of all layers, where it was asked for."""

    maps: Maps
    result: Result
    whole: tuple[float, float] | None


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("image", metavar="IMAGE", help="picture file")
    add("--layer", required=True, metavar="ID", help="such as layer1.0.add; see resviz summary")
    add("-o", "--output", required=True, metavar="FILE", help="FILE.png, or FILE.npz for the numbers")
    sort = "of a PNG: the channels that have most of it first; class: what speaks for the predicted one (index)"
    add("--sort", choices=_SORTS, help=sort)
    add("--range", dest="over", choices=_RANGES, help="of a PNG: what the scale of the colours is taken over (channel)")
    add_network_arguments(parser)
    add_assume(parser)


def run(args: argparse.Namespace) -> int:
    """Write the file and say what is in it."""
    output = Path(args.output)
    is_picture = output.suffix.lower() == ".png"
    if output.suffix.lower() not in _SUFFIXES:
        raise UsageError("maps_suffix", name=shown(output))
    if not is_picture and (args.sort or args.over):
        raise UsageError("features_numbers")
    check_output(output)
    classifier = load_classifier(args)
    found = _found(classifier, args)
    facts = _facts(classifier, found)
    if is_picture:
        data, facts = _picture(classifier, found, args.sort or "index", args.over or "channel", facts)
    else:
        data = _numbers(classifier, found)
    save(output, data)
    print(f"{shown(output)}: {', '.join(facts)}")
    return 0


def _found(classifier: Classifier, args: argparse.Namespace) -> Found:
    from resviz.nets.capture import check_layer, ranges
    from resviz.nets.images import decode_file

    check_layer(classifier.spec, args.layer)
    with contextlib.ExitStack() as stack:
        ends = stack.enter_context(ranges(classifier.model)) if args.over == "network" else {}
        result = classifier.predict(lambda least: decode_file(args.image, least=least), layers=(args.layer,), top=1)
    whole = (min(low for low, _ in ends.values()), max(high for _, high in ends.values())) if ends else None
    return Found(result.maps[args.layer], result, whole)


def _facts(classifier: Classifier, found: Found) -> list[str]:
    """What is in the file, in words."""
    maps = found.maps
    name = shown(Path(found.result.picture.name).name, 60)
    return [maps.layer, "×".join(map(str, maps.shape)), name, classifier.weights or classifier.note]


# --- a picture ----------------------------------------------------------------------------------------------


def _picture(classifier: Classifier, found: Found, sort: str, over: str, facts: list[str]) -> tuple[bytes, list[str]]:
    from resviz.commands.sheets import MOST_CHANNELS, draw

    maps = found.maps
    look, notes = _look(classifier, found, sort, over)
    if maps.stride > 1:
        notes.append(f"1/{maps.stride} of its resolution")
    if maps.shape[0] > MOST_CHANNELS:
        notes.append(f"the first {MOST_CHANNELS} channels")
    facts = [*facts, *notes]
    return png(draw(maps.data, look, facts)), facts


def _look(classifier: Classifier, found: Found, sort: str, over: str) -> tuple[Look, list[str]]:
    """How it is painted, and what the picture does not say of that itself."""
    from resviz.arch.graph import network
    from resviz.commands.sheets import Look
    from resviz.maps.shades import RANGES
    from resviz.maps.statistics import SORTS, Channels

    op = next(layer.op for layer in network(classifier.spec).layers if layer.id == found.maps.layer)
    reach = next(each for each in RANGES if each == over)
    if found.maps.data.ndim == 1:
        names = classifier.labels if found.maps.layer == "fc" else ()
        return Look(op, names=names), ["no height and width: in order of index"] if sort != "index" else []
    by = next(each for each in SORTS if each == sort)
    speaks, note = _speaks(classifier, found) if by == "class" else (None, "")
    if by not in ("index", "class"):
        note = f"the largest {by} first" if by != "sparsity" else "the most zeros first"
    order: NDArray[np.intp] = Channels(found.maps.data).order(by, speaks)
    return Look(op, reach, found.whole, order), [note] if note else []


def _speaks(classifier: Classifier, found: Found) -> tuple[Floats | None, str]:
    """How much each channel speaks for the predicted class; nothing where predictions mean nothing."""
    from resviz.commands.trust import doubt
    from resviz.nets.explain import speaks

    why = doubt(classifier) or ("" if found.result.top else found.result.note)
    if why:
        print(f"resviz: {why}; in order of index", file=sys.stderr)
        return None, "in order of index"
    best = found.result.top[0]
    batch = found.result.steps.batch.to(classifier.device)
    return speaks(classifier.model, batch, found.maps.layer, best.index), f"first what speaks for {best.label}"


# --- numbers ------------------------------------------------------------------------------------------------


def _numbers(classifier: Classifier, found: Found) -> bytes:
    """All of them: what is thinned for the eye is computed again."""
    from resviz.maps import kept

    maps = found.maps
    data = maps.data if maps.stride == 1 else _whole(classifier, found)
    name = found.result.picture.name
    return kept.npz(kept.arrays(data, maps.layer, maps.shape, 1, picture=name, weights=classifier.weights))


def _whole(classifier: Classifier, found: Found) -> Floats:
    """Every number of the layer, `(C, H, W)`."""
    from resviz.nets.capture import capture

    layer = found.maps.layer
    with capture(classifier.model, (layer,)) as outputs:
        classifier.logits(found.result.steps.batch)
        values: Floats = outputs[layer][0].float().cpu().numpy()
    return values
