from __future__ import annotations

import io

import numpy as np

from resviz.maps import kept

DATA = np.ones((2, 3, 4), np.float32)


def test_maps_alone_and_what_they_are_of() -> None:
    assert set(kept.arrays(DATA, "conv1", (2, 3, 4), 1)) == {"maps", "layer", "shape", "stride"}
    found = kept.arrays(DATA, "conv1", (2, 3, 4), 1, picture="cat.jpg", speaks=DATA[:, 0, 0])
    assert (found["picture"], found["weights"]) == ("cat.jpg", "untrained")
    assert "speaks_for_class" in found


def test_a_file_is_read_back_without_objects() -> None:
    found = np.load(io.BytesIO(kept.npz(kept.arrays(DATA, "conv1", [2, 6, 8], 2))), allow_pickle=False)
    assert (found["maps"] == DATA).all()
    assert found["maps"].dtype == np.float32
    assert found["shape"].tolist() == [2, 6, 8]
    assert (str(found["layer"]), int(found["stride"])) == ("conv1", 2)
