"""`resviz features IMAGE --layer ID -o FILE.png`: the channels of one layer as a picture."""

from __future__ import annotations

import argparse
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING

from resviz.commands.classify import add_assume, load_classifier
from resviz.commands.common import add_network_arguments
from resviz.errors import UsageError
from resviz.files import reason, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image, ImageDraw

    from resviz.nets.capture import Maps

    Floats = NDArray[np.float32]

CELL = 72
"""Pixels a channel is at least enlarged to, as far as whole factors reach."""
GAP = 8
LABEL = 14
HEAD = 26
MOST_CHANNELS = 4096
BARS_A_ROW = 512
BAR_HEIGHT = 120
MARGIN = 16
INK, PAPER = (27, 31, 36), (255, 255, 255)
#: Viridis at nine places (van der Walt and Smith, CC0); the rest is interpolated.
VIRIDIS = (
    *((68, 1, 84), (72, 40, 120), (62, 74, 137), (49, 104, 142), (38, 130, 142)),
    *((31, 158, 137), (74, 193, 109), (160, 218, 57), (253, 231, 37)),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("image", metavar="IMAGE", help="picture file")
    parser.add_argument("--layer", required=True, metavar="ID", help="such as layer1.0.add; see resviz summary")
    parser.add_argument("-o", "--output", required=True, metavar="FILE.png")
    add_network_arguments(parser)
    add_assume(parser)


def run(args: argparse.Namespace) -> int:
    """Write the picture and say what is on it."""
    output = Path(args.output)
    if output.suffix.lower() != ".png":
        raise UsageError("output_suffix", name=shown(output))
    classifier = load_classifier(args)
    from resviz.nets.images import decode_file

    result = classifier.predict(lambda least: decode_file(args.image, least=least), layers=(args.layer,))
    maps = result.maps[args.layer]
    facts = [
        maps.layer,
        "×".join(map(str, maps.shape)),
        Path(result.picture.name).name,
        classifier.weights or classifier.note,
    ]
    facts += [f"1/{maps.stride} of its resolution"] if maps.stride > 1 else []
    facts += [f"the first {MOST_CHANNELS} channels"] if maps.shape[0] > MOST_CHANNELS else []
    _write(output, draw(maps, " · ".join(facts)))
    print(f"{shown(output)}: {', '.join(facts)}")
    return 0


def _write(output: Path, picture: Image.Image) -> None:
    from resviz.paths import write_atomic

    data = io.BytesIO()
    picture.save(data, "PNG")
    try:
        write_atomic(output, data.getvalue())
    except OSError as error:
        raise UsageError("output_write", name=shown(output), reason=reason(error)) from error


def draw(maps: Maps, title: str) -> Image.Image:
    """A grid of the channels of a `(C, H, W)` layer, each on its own scale; bars for a `(C,)` one."""
    data = maps.data[:MOST_CHANNELS]
    return _bars(data, title) if data.ndim == 1 else _grid(data, title)


def _sheet(width: int, height: int, title: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    from PIL import Image, ImageDraw

    measure = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    width = max(width, math.ceil(measure.textlength(title)) + 2 * MARGIN)
    sheet = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.text((MARGIN, GAP), title.replace("×", "x"), fill=INK)  # Pillow's own font lacks the sign
    return sheet, pen


def _grid(data: Floats, title: str) -> Image.Image:
    from PIL import Image

    count, height, width = data.shape
    factor = max(1, CELL // max(height, width))
    across, down = max(width * factor, 3 * GAP) + GAP, height * factor + LABEL
    columns = min(count, max(1, round(math.sqrt(count * down / across))))
    rows = math.ceil(count / columns)
    sheet, pen = _sheet(2 * MARGIN + columns * across - GAP, HEAD + rows * down + MARGIN, title)
    for channel, values in enumerate(data):
        left, top = MARGIN + channel % columns * across, HEAD + channel // columns * down
        tile = Image.fromarray(colours(scaled(values)))
        sheet.paste(tile.resize((width * factor, height * factor), Image.Resampling.NEAREST), (left, top))
        pen.text((left, top + height * factor), str(channel), fill=INK)
    return sheet


def _bars(data: Floats, title: str) -> Image.Image:
    """Columns up or down from zero, all on one scale, in rows of at most 512."""
    import numpy as np

    data = np.nan_to_num(data, posinf=0, neginf=0)
    wide = min(len(data), BARS_A_ROW)
    step = max(2, min(40, 1000 // wide))
    rows = math.ceil(len(data) / BARS_A_ROW)
    down = BAR_HEIGHT + LABEL + GAP
    sheet, pen = _sheet(2 * MARGIN + wide * step, HEAD + rows * down + MARGIN, title)
    high, low = max(float(data.max()), 0.0), min(float(data.min()), 0.0)
    unit = BAR_HEIGHT / ((high - low) or 1.0)
    inks = colours(scaled(data[None]))[0]
    for index, value in enumerate(data):
        left = MARGIN + index % BARS_A_ROW * step
        zero = HEAD + index // BARS_A_ROW * down + high * unit
        ends = sorted((zero, zero - float(value) * unit))
        pen.rectangle((left, ends[0], left + step - 1 - (step > 3), ends[1]), fill=tuple(inks[index].tolist()))
        if index % math.ceil(28 / step) == 0:
            pen.text((left, HEAD + index // BARS_A_ROW * down + BAR_HEIGHT + 2), str(index), fill=INK)
    return sheet


def scaled(values: Floats) -> Floats:
    """From 0 (the least value) to 1 (the greatest); a constant channel is 0 all over."""
    import numpy as np

    values = np.nan_to_num(values.astype(np.float64), posinf=0, neginf=0)
    low, high = values.min(), values.max()
    share: Floats = ((values - low) / ((high - low) or 1.0)).astype(np.float32)
    return share


def colours(values: Floats) -> NDArray[np.uint8]:
    """`(H, W)` from 0 to 1 to `(H, W, 3)`."""
    import numpy as np

    places = np.linspace(0, 1, len(VIRIDIS))
    steps = np.linspace(0, 1, 256)
    bands = [np.interp(steps, places, band) for band in zip(*VIRIDIS, strict=True)]
    ramp = np.stack(bands, axis=-1).round().astype(np.uint8)
    return ramp[(values * 255).astype(np.uint8)]
