"""A picture from a web address, as browsers hand it over."""

from __future__ import annotations


def read_address(url: str) -> bytes:
    """The bytes behind an http(s) or data address. Raises `ImageError`."""
    raise NotImplementedError
