"""The square that is looked at, in pixels of the picture: how it moves and grows without leaving it. No Qt."""

from __future__ import annotations

from typing import NamedTuple

from resviz.ways import Box

#: No square is smaller than this many pixels, or than this share of the short side.
_LEAST_PIXELS, _LEAST_SHARE = 2.0, 0.02


class Size(NamedTuple):
    """Of a picture, pixels."""

    width: int
    height: int

    @property
    def short(self) -> int:
        return min(self)


class Square(NamedTuple):
    """Left, top and side, in pixels."""

    left: float
    top: float
    side: float

    @property
    def right(self) -> float:
        return self.left + self.side

    @property
    def bottom(self) -> float:
        return self.top + self.side


def square_of(box: tuple[float, float, float, float], size: Size) -> Square:
    """The square nearest to a box in pixels, inside the picture."""
    left, top, right, bottom = box
    side = min(max(right - left, bottom - top), size.short)
    return inside(Square((left + right - side) / 2, (top + bottom - side) / 2, side), size)


def shares_of(box: tuple[float, float, float, float], size: Size) -> Box:
    """Pixels as shares of the picture's sides."""
    left, top, right, bottom = box
    return (left / size.width, top / size.height, right / size.width, bottom / size.height)


def shares(square: Square, size: Size) -> Box:
    """As shares of the picture's sides."""
    return shares_of((square.left, square.top, square.right, square.bottom), size)


def of_shares(box: Box, size: Size) -> Square:
    """The square that `shares` came from."""
    left, top, right, bottom = box
    return square_of((left * size.width, top * size.height, right * size.width, bottom * size.height), size)


def inside(square: Square, size: Size) -> Square:
    """Moved into the picture, made smaller only if it must be."""
    side = min(max(square.side, _least(size)), size.short)
    left = min(max(square.left, 0.0), size.width - side)
    return Square(left, min(max(square.top, 0.0), size.height - side), side)


def moved(square: Square, x: float, y: float, size: Size) -> Square:
    """By so many pixels."""
    return inside(Square(square.left + x, square.top + y, square.side), size)


def grown(square: Square, by: float, size: Size) -> Square:
    """Wider by so many pixels, about its middle."""
    side = min(max(square.side + by, _least(size)), size.short)
    half = (square.side - side) / 2
    return inside(Square(square.left + half, square.top + half, side), size)


def pulled(square: Square, corner: tuple[int, int], x: float, y: float, size: Size) -> Square:
    """With a corner, (0 left or 1 right, 0 top or 1 bottom), pulled to a point; the opposite one stays."""
    fixed_x, fixed_y = (square.left if corner[0] else square.right, square.top if corner[1] else square.bottom)
    room_x = size.width - fixed_x if corner[0] else fixed_x
    room_y = size.height - fixed_y if corner[1] else fixed_y
    wanted = max((x - fixed_x) * (1 if corner[0] else -1), (y - fixed_y) * (1 if corner[1] else -1))
    side = min(max(wanted, _least(size)), room_x, room_y)
    return Square(fixed_x if corner[0] else fixed_x - side, fixed_y if corner[1] else fixed_y - side, side)


def _least(size: Size) -> float:
    return min(max(_LEAST_PIXELS, _LEAST_SHARE * size.short), size.short)
