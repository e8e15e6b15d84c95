"""Pictures from web addresses: fetched beside the lane, and kept, as most requests are for the same again."""

from __future__ import annotations

import threading
from collections import OrderedDict

KEPT = 2


class Addresses:
    """For several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def known(self, url: str) -> bytes | None:
        """What was behind an address, if it is here."""
        with self._lock:
            return self._kept.get(url)

    def read(self, url: str) -> bytes:
        """What is behind an address. Raises `ImageError`."""
        from resviz.nets.web import read_address

        data = self.known(url)
        if data is None:
            data = read_address(url)
            with self._lock:
                self._kept[url] = data
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return data
