from __future__ import annotations

import io
import struct
import threading
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, PngImagePlugin
from torchvision.models import ResNet18_Weights, ResNet50_Weights

from resviz.errors import ImageError
from resviz.nets import catalog, images
from resviz.nets.images import Picture, decode_bytes, decode_file, decode_pixels
from resviz.nets.patience import TookTooLongError, within
from resviz.nets.preprocess import Preprocess

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def near(picture: Picture, at: tuple[int, int], colour: tuple[int, int, int], tolerance: int = 6) -> bool:
    found = np.asarray(picture.image)[at[1], at[0]].astype(int)
    return bool((np.abs(found - colour) <= tolerance).all())


def halves(mode: str = "RGB") -> Image.Image:
    """40×20: the left half red, the right half blue."""
    image = Image.new("RGB", (40, 20), RED)
    image.paste(BLUE, (20, 0, 40, 20))
    return image.convert(mode)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *(("RGB", kind) for kind in ("PNG", "JPEG", "BMP", "WEBP", "PPM", "TGA", "TIFF")),
        *(("CMYK", "JPEG"), ("CMYK", "TIFF"), ("P", "PNG"), ("P", "GIF"), ("YCbCr", "JPEG")),
    ],
)
def test_colours_survive_every_format(mode: str, kind: str) -> None:
    options = {"subsampling": 0, "quality": 95} if kind == "JPEG" else {"quality": 95} if kind == "WEBP" else {}
    picture = decode_bytes(encoded(halves(mode), kind, **options))
    assert picture.image.mode == "RGB"
    assert picture.original_size == (40, 20)
    assert near(picture, (5, 10), RED, 12)
    assert near(picture, (35, 10), BLUE, 12)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_not_clipped(kind: str) -> None:
    values = np.array([[0, 65535, 32768, 257]], dtype=np.uint16)
    picture = decode_bytes(encoded(Image.fromarray(values), kind))
    assert np.asarray(picture.image)[0, :, 0].tolist() == [0, 255, 128, 1]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.0, 128.0, 255.0], [0, 128, 255]),
        ([-5.0, 0.0, 5.0], [0, 128, 255]),
        ([float("nan"), 0.0, 1.0], [0, 0, 255]),
    ],
)
def test_float_pictures_are_scaled_to_what_they_hold(values: list[float], expected: list[int]) -> None:
    picture = decode_bytes(encoded(Image.fromarray(np.array([values], dtype=np.float32)), "TIFF"))
    assert np.asarray(picture.image)[0, :, 0].tolist() == expected


def test_transparency_is_laid_on_white() -> None:
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert near(decode_bytes(encoded(clear, "PNG")), (1, 1), WHITE, 0)
    assert near(decode_bytes(encoded(clear.convert("LA"), "PNG")), (1, 1), WHITE, 0)
    palette = halves("P")
    red = palette.getpixel((0, 0))
    picture = decode_bytes(encoded(palette, "PNG", transparency=red))
    assert near(picture, (5, 10), WHITE, 0)
    assert near(picture, (35, 10), BLUE, 0)
    keyed = decode_bytes(encoded(halves(), "PNG", transparency=RED))
    assert near(keyed, (5, 10), WHITE, 0)
    half = decode_bytes(encoded(Image.new("RGBA", (2, 2), (0, 0, 0, 128)), "PNG"))
    assert near(half, (0, 0), (127, 127, 127), 1)


def test_a_palette_with_an_alpha_for_each_colour_is_laid_on_white() -> None:
    palette = halves("P")
    alphas = bytes(0 if index == palette.getpixel((0, 0)) else 255 for index in range(256))
    picture = decode_bytes(encoded(palette, "PNG", transparency=alphas))
    assert near(picture, (5, 10), WHITE, 0)
    assert near(picture, (35, 10), BLUE, 0)


def test_grey_and_bilevel() -> None:
    assert near(decode_bytes(encoded(Image.new("L", (3, 3), 77), "PNG")), (1, 1), (77, 77, 77), 0)
    assert near(decode_bytes(encoded(Image.new("1", (3, 3), 1), "PNG")), (1, 1), WHITE, 0)


def test_the_first_frame_of_an_animation() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE, WHITE)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    assert near(decode_bytes(data), (4, 4), RED)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_obeyed(kind: str, orientation: int) -> None:
    # What a camera stores for a scene that is red on the left: the inverse of the turn that the tag asks for.
    inverse = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = halves().transpose(inverse[orientation]) if orientation > 1 else halves()
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode_bytes(encoded(stored, kind, exif=exif))
    assert picture.original_size == picture.image.size == (40, 20)
    assert near(picture, (5, 10), RED, 40)
    assert near(picture, (35, 10), BLUE, 40)


@pytest.mark.parametrize("value", [0, 9, 4711])
def test_a_senseless_orientation_is_none(value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    assert decode_bytes(encoded(halves(), "JPEG", exif=exif)).image.size == (40, 20)


def test_broken_exif_does_not_matter() -> None:
    data = encoded(halves(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff broken")
    assert decode_bytes(data).image.size == (40, 20)


@pytest.mark.parametrize("size", [(1, 1), (5000, 1), (1, 5000), (60_000, 3)])
@pytest.mark.parametrize("how", ["square", "short"])
def test_any_shape_becomes_the_networks_input(size: tuple[int, int], how: Any) -> None:
    picture = decode_bytes(encoded(Image.new("RGB", size, RED), "PNG"))
    preprocess = Preprocess(32, how=how, resize=36)
    seen = preprocess.seen(picture.image)
    assert seen.shape == (32, 32, 3)
    assert (seen == RED).all()
    assert preprocess.tensor(seen).shape == (1, 3, 32, 32)
    preview = picture.preview()
    assert max(preview.shape[:2]) == min(512, max(size))
    assert min(preview.shape[:2]) >= 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_12000_by_12000_is_reduced_while_it_is_read(kind: str) -> None:
    image = Image.new("L", (12_000, 12_000), 40)
    image.paste(200, (6_000, 0, 12_000, 12_000))
    picture = decode_bytes(encoded(image, kind))
    assert picture.original_size == (12_000, 12_000)
    assert 1024 <= picture.image.width <= 2048
    assert near(picture, (100, 100), (40, 40, 40))
    assert near(picture, (picture.image.width - 100, 100), (200, 200, 200))


def test_a_large_picture_on_its_side_keeps_its_own_size() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = decode_bytes(encoded(Image.new("L", (8000, 4000)), "JPEG", exif=exif))
    assert picture.original_size == (4000, 8000)
    assert picture.image.width < picture.image.height


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims to be huge and holds next to nothing: a decompression bomb's head."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


BAD = {
    "image_unknown": b"this is no picture at all",
    "image_empty": b"",
    "image_bomb": png_header(30_000, 30_000),
    "image_damaged": encoded(Image.effect_noise((64, 64), 50), "PNG")[:900],
}


@pytest.mark.parametrize("code", BAD)
def test_bad_pictures_are_told_in_one_line(tmp_path: Path, code: str) -> None:
    path = tmp_path / ("a\nvery long name " + "x" * 200 + ".png")
    path.write_bytes(BAD[code])
    with pytest.raises(ImageError) as from_file:
        decode_file(path)
    with pytest.raises(ImageError) as from_bytes:
        decode_bytes(BAD[code])
    assert from_file.value.code == from_bytes.value.code == code
    assert "\n" not in str(from_file.value)
    assert len(str(from_file.value)) <= 300


def test_the_bombs_size_is_named() -> None:
    with pytest.raises(ImageError, match="30000×30000"):
        decode_bytes(png_header(30_000, 30_000))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"])
def test_every_truncation_is_a_picture_or_an_error(kind: str) -> None:
    data = encoded(Image.effect_noise((32, 32), 80).convert("RGB"), kind)
    for length in range(1, len(data), max(1, len(data) // 40)):
        assert outcome(data[:length]) in ("RGB", "image_unknown", "image_damaged")


def outcome(data: bytes) -> str:
    """The decoded picture's mode, or the error's code."""
    try:
        return decode_bytes(data).image.mode
    except ImageError as error:
        return error.code


def test_postscript_is_not_run() -> None:
    with pytest.raises(ImageError) as caught:
        decode_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n")
    assert caught.value.code == "image_unknown"


def test_pixels_are_taken_as_they_are() -> None:
    pixels = np.zeros((3, 5, 4), np.uint8)
    picture = decode_pixels(pixels, name="paste")
    assert picture.original_size == (5, 3)
    assert near(picture, (0, 0), WHITE, 0)


@pytest.mark.parametrize("shape", [(3, 5), (0, 5, 4), (3, 5, 2)])
def test_pixels_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError) as caught:
        decode_pixels(np.zeros(shape, np.uint8))
    assert caught.value.code == "image_pixels"


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("resnet18.IMAGENET1K_V1", ResNet18_Weights.IMAGENET1K_V1),
        ("resnet50.IMAGENET1K_V2", ResNet50_Weights.IMAGENET1K_V2),
    ],
)
@pytest.mark.parametrize("size", [(640, 480), (333, 777), (224, 224), (90, 61)])
def test_preprocessing_equals_torchvisions_to_the_bit(name: str, weights: Any, size: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    entry = next(known for known in catalog.online() if known.name == name)
    preprocess = entry.preprocess(entry.spec)
    ours = preprocess.tensor(preprocess.seen(image))
    assert torch.equal(ours[0], weights.transforms()(image))


def test_one_channel_is_grey_and_five_repeat() -> None:
    image = halves()
    one = Preprocess(8, channels=1, mean=(0.2, 0.4, 0.6), std=(0.5,))
    seen = one.seen(image)
    assert (seen[..., 0] == seen[..., 2]).all()
    tensor = one.tensor(seen)
    assert tensor.shape == (1, 1, 8, 8)
    assert tensor[0, 0, 0, 0].item() == pytest.approx((seen[0, 0, 0] / 255 - 0.4) / 0.5, abs=1e-6)
    five = Preprocess(8, channels=5)
    planes = five.tensor(five.seen(image))[0]
    assert torch.equal(planes[0], planes[3])
    assert torch.equal(planes[1], planes[4])


def test_the_square_is_the_centre() -> None:
    image = Image.new("RGB", (60, 20), RED)
    image.paste(BLUE, (20, 0, 40, 20))
    seen = Preprocess(10).seen(image)
    assert (seen[:, 1:-1] == BLUE).all()
    assert (seen[:, [0, -1], 2] > 200).all()


def test_metadata_beyond_all_measure_is_what_is_named() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "x" * (2 * PngImagePlugin.MAX_TEXT_CHUNK), zip=True)
    data = io.BytesIO()
    Image.new("RGB", (8, 8)).save(data, "PNG", pnginfo=info)
    with pytest.raises(ImageError, match="metadata") as caught:
        decode_bytes(data.getvalue())
    assert caught.value.code == "image_metadata"


# --- slow forms ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"P5 2000 2000 100\n" + bytes(4_000_000), "PPM"),
        (b"P2 2000 2000 255\n" + b"0 " * 10, "PPM"),
        (b"qoif" + (3000).to_bytes(4, "big") * 2 + bytes([3, 0]) + b"\xc0" * 64, "QOI"),
    ],
)
def test_a_form_that_decodes_slowly_is_refused_when_it_is_large(data: bytes, form: str) -> None:
    with pytest.raises(ImageError) as error:
        decode_bytes(data, name="slow")
    assert error.value.code == "image_slow_form"
    assert form in str(error.value)


def test_a_small_one_of_them_is_decoded() -> None:
    assert decode_bytes(b"P5 20 20 100\n" + bytes(400)).original_size == (20, 20)


def test_only_so_many_pixels_are_decoded_at_one_time() -> None:
    room, order = images._Room(100 * images.SMALL), []
    big = 60 * images.SMALL

    def second() -> None:
        with room.taken(big):
            order.append("second")

    thread = threading.Thread(target=second)
    with room.taken(big):
        thread.start()
        with room.taken(10):  # small ones are let in
            order.append("small")
        with room.taken(40 * images.SMALL):
            order.append("fits")
        order.append("first")
    thread.join()
    assert order == ["small", "fits", "first", "second"]


def test_work_that_takes_too_long_is_left_alone() -> None:
    go_on = threading.Event()
    assert within(5, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)
    with pytest.raises(TookTooLongError):
        within(0.01, go_on.wait)
    go_on.set()
