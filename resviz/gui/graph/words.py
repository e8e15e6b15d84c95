"""What a layer does where it stands, in a sentence or two."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from resviz.arch.graph import Kind, Layer
from resviz.arch.spec import WORDS


def _tr(text: str) -> str:
    return QCoreApplication.translate("GraphView", text)


def does(layer: Layer) -> str:
    """What a layer does, in words."""
    if layer.op in WORDS["activation"]:
        return _activation(layer.op)
    says = {
        "conv": _conv,
        "bn": _norm,
        "gn": _norm,
        "maxpool": _maxpool,
        "avgpool": _avgpool,
        "blur": _blur,
        "se": _se,
        "eca": _eca,
        "add": _add,
        "pad": _pad,
        "flatten": _flatten,
        "fc": _fc,
    }
    return says[layer.op](layer)


def _conv(layer: Layer) -> str:
    before, after = layer.in_shape[0], layer.out_shape[0]
    if layer.on == "shortcut":
        said = [_tr("Projects the shortcut so that its shape is that of the branch it is added to.")]
    elif layer.groups > 1:
        said = [
            _tr("{0} filters in {1} groups: each sees only the {2} channels of its group.").format(
                after, layer.groups, before // layer.groups
            )
        ]
    elif layer.kernel == 1:
        said = [_pointwise(before, after)]
    else:
        said = [_tr("Slides {0} filters over the map; each sees all {1} channels at once.").format(after, before)]
    if layer.stride > 1:
        said.append(_tr("With stride {0} the map gets {0} times smaller each way.").format(layer.stride))
    if layer.dilation > 1:
        said.append(_tr("Its taps stand {0} pixels apart: it sees farther at no cost.").format(layer.dilation))
    return " ".join(said)


def _pointwise(before: int, after: int) -> str:
    if after < before:
        return _tr("Mixes {0} channels down to {1}, pixel by pixel, so that what follows is cheap.").format(
            before, after
        )
    if after > before:
        return _tr("Mixes {0} channels up to {1}, pixel by pixel.").format(before, after)
    return _tr("Mixes the {0} channels, pixel by pixel.").format(before)


def _norm(layer: Layer) -> str:
    if layer.op == "gn":
        return _tr(
            "Brings each group of channels of a picture to mean 0 and variance 1, then scales and shifts every channel"
            " by two learned numbers."
        )
    return _tr(
        "Brings each of the {0} channels to mean 0 and variance 1, then scales and shifts it by two learned numbers."
        " Keeps signals in range, so that deep networks train."
    ).format(layer.out_shape[0])


def _activation(name: str) -> str:
    if name == "relu":
        return _tr("Sets what is negative to zero and leaves the rest. Without it all layers would be one linear map.")
    return _tr("Bends every number by a fixed curve, {0}. Without it all layers would be one linear map.").format(name)


def _maxpool(layer: Layer) -> str:
    return _tr("Keeps the largest number of every {0}×{0} window.").format(layer.kernel) + _smaller(layer)


def _avgpool(layer: Layer) -> str:
    if layer.id == "avgpool":
        return _tr("Takes the mean of every channel's whole map: one number a channel, wherever in the picture it was.")
    return _tr("Takes the mean of every {0}×{0} window.").format(layer.kernel) + _smaller(layer)


def _smaller(layer: Layer) -> str:
    return " " + _tr("The map gets {0} times smaller each way.").format(layer.stride) if layer.stride > 1 else ""


def _blur(layer: Layer) -> str:
    thinned = [_tr("Keeps every second pixel.")] * (layer.stride > 1)
    return " ".join([_tr("Smooths every channel with a fixed 3×3 binomial filter."), *thinned])


def _se(_layer: Layer) -> str:
    return _tr(
        "Squeezes every channel to its mean, lets two 1×1 convolutions and a sigmoid make a weight between"
        " 0 and 1 of all means, and scales each channel by its weight."
    )


def _eca(layer: Layer) -> str:
    return _tr(
        "Squeezes every channel to its mean, makes a weight between 0 and 1 of each mean and its neighbours,"
        " {0} channels in all, and scales the channel by it."
    ).format(layer.params)


def _add(_layer: Layer) -> str:
    return _tr(
        "Adds the shortcut to what the block's layers computed, number by number: they only learn what to change."
        " Gradients pass it as they are."
    )


def _pad(layer: Layer) -> str:
    thinned = [_tr("Keeps every second pixel.")] * (layer.stride > 1)
    return " ".join([*thinned, _padded(layer.out_shape[0] - layer.in_shape[0])]).rstrip()


def _padded(more: int) -> str:
    if more > 0:
        return _tr("Adds {0} channels of zeros, half of them before the old ones and half after.").format(more)
    if more < 0:
        return _tr("Drops {0} channels, half of them at either end.").format(-more)
    return _tr("Keeps all channels.")


def _flatten(layer: Layer) -> str:
    return _tr("Writes the {0} numbers in a row for the last layer; computes nothing.").format(layer.out_shape[0])


def _fc(layer: Layer) -> str:
    return _tr("Weighs all {0} features for each of the {1} classes: {1} scores, the largest being the answer.").format(
        *layer.in_shape, *layer.out_shape
    )


def shortcut_words(kind: Kind, block: str, source: str, last: str) -> str:
    """What a block's shortcut does: adds what the block began with to what its layers made of it."""
    begin = _tr("{0} shortcut of {1}: ").format(kind, block)
    taken = _tr("the output of {0}").format(source) if source else _tr("the input")
    made = {
        "identity": _tr("adds {0}, as it is, to the output of {1}."),
        "projection": _tr("adds {0}, brought to the right shape by learned weights, to the output of {1}."),
        "zero-pad": _tr("adds {0}, thinned and padded with zeros, to the output of {1}."),
    }
    return begin + made[kind].format(taken, last)


def bundle_words(part: str, counts: dict[Kind, int]) -> str:
    """What a bundle of shortcuts holds: `Of the 4 shortcuts of layer1, 3 of 4 are identity, 1 of 4 is projection.`"""
    total = sum(counts.values())
    each = ", ".join(_tr("{0} of {1} {2}").format(count, total, kind) for kind, count in counts.items() if count)
    return _tr("Shortcuts of {0}: {1}").format(part, each)
