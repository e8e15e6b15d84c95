from __future__ import annotations

import io
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

from resviz.errors import DeviceError
from resviz.nets import decoding
from resviz.nets.batch import Row, Summary, classify_many
from resviz.nets.classifier import OVERFLOW, Classifier
from resviz.nets.decoding import Decoders
from resviz.nets.images import decode_file
from resviz.nets.walk import pictures
from resviz.paths import weights_dir
from tests.nets.small import LABELS, SPEC, write_weights
from tests.pictures import folder, png, shape

#: Sums are added in another order in a batch: by so much a probability differs at most.
TOLERANCE = 1e-5


@pytest.fixture
def classifier() -> Classifier:
    write_weights(weights_dir())
    return Classifier(SPEC, device="cpu")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Twelve pictures in folders named after classes, and in others."""
    names = ["Cat", "dog", "SHIP", "other"]
    return folder(
        tmp_path / "root",
        {f"{name}/{number}.png": png(shape("disc", number, 20 + number)) for name in names for number in range(3)},
    )


def run(classifier: Classifier, *paths: Path | str, **options: object) -> tuple[list[Row], Summary]:
    rows: list[Row] = []
    told: list[tuple[int, int]] = []

    def take(more: Sequence[Row], done: int, whole: int) -> None:
        rows.extend(more)
        told.append((done, whole))
        assert done == len(rows)

    summary = classify_many(classifier, [str(path) for path in paths], on_rows=take, **options)  # type: ignore[arg-type]
    assert told[-1] == (len(rows), len(rows))
    return sorted(rows, key=lambda row: row.at), summary


def test_a_batch_gives_what_one_by_one_gives(classifier: Classifier, root: Path) -> None:
    rows, summary = run(classifier, root, top=3)
    assert (summary.images, summary.failed) == (12, 0)
    assert summary.seconds > 0
    for row in rows:
        alone = classifier.predict(lambda least, path=row.path: decode_file(path, least=least), top=3)
        assert [score.index for score in row.top] == [score.index for score in alone.top]
        assert [score.label for score in row.top] == [score.label for score in alone.top]
        for ours, theirs in zip(row.top, alone.top, strict=True):
            assert abs(ours.probability - theirs.probability) < TOLERANCE
        assert row.size == alone.picture.original_size
        assert set(row.times) == {"decode", "preprocess", "forward"}
        assert row.ms == pytest.approx(sum(row.times.values()))


def test_rows_are_in_order_by_name_and_know_their_class(classifier: Classifier, root: Path) -> None:
    rows, _ = run(classifier, root)
    assert [row.path for row in rows] == sorted(str(path) for path in root.rglob("*.png"))
    known = {Path(row.path).parent.name: row.label for row in rows}
    assert known == {"Cat": "cat", "dog": "dog", "SHIP": "ship", "other": ""}
    assert set(filter(None, known.values())) == set(LABELS)


def test_small_pictures_are_jpegs_and_never_enlarged(classifier: Classifier, tmp_path: Path) -> None:
    for name, size in (("wide", (300, 100)), ("tiny", (9, 5)), ("line", (400, 1))):
        Image.new("RGB", size, "red").save(tmp_path / f"{name}.png")
    rows, _ = run(classifier, tmp_path)
    sizes = {Path(row.path).stem: Image.open(io.BytesIO(row.thumb)).size for row in rows}
    assert sizes == {"wide": (64, 21), "tiny": (9, 5), "line": (64, 1)}
    assert Image.open(io.BytesIO(rows[0].thumb)).format == "JPEG"
    assert not any(row.thumb for row in run(classifier, tmp_path, thumbs=False)[0])


def test_a_broken_file_is_a_row_and_not_the_end(classifier: Classifier, root: Path) -> None:
    (root / "dog" / "0.jpg").write_bytes(b"no picture")
    (root / "dog" / "empty.gif").touch()
    whole = png(shape("disc", 1, 64))
    (root / "dog" / "cut.png").write_bytes(whole[: len(whole) // 2])
    rows, summary = run(classifier, root, root / "none.png")
    assert (summary.images, summary.failed) == (16, 4)
    broken = [row for row in rows if row.error]
    assert [Path(row.path).name for row in broken] == ["0.jpg", "cut.png", "empty.gif", "none.png"]
    assert all(row.error and "\n" not in row.error and not row.top for row in broken)
    assert all(row.top for row in rows if not row.error)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_hang(classifier: Classifier, root: Path) -> None:
    os.mkfifo(root / "dog" / "pipe.png")
    rows, summary = run(classifier, root)
    assert summary.failed == 1
    assert "pipe" in next(row.error for row in rows if row.error)


def test_links_hidden_files_and_other_suffixes(tmp_path: Path) -> None:
    data = png(shape("disc", 1))
    names = ["b/1.png", "a.JPEG", "c.txt", ".hidden.png", ".git/x.png", "b/deep/er/2.webp", "z.pdf"]
    top = folder(tmp_path / "top", dict.fromkeys(names, data))
    (top / "b" / "loop").symlink_to(top, target_is_directory=True)
    (top / "again").symlink_to(top / "b", target_is_directory=True)
    (top / "link.png").symlink_to(top / "a.JPEG")
    found = [Path(found.path).relative_to(top).as_posix() for found in pictures([str(top)])]
    # A folder with two names is looked into under the first of them.
    assert found == ["a.JPEG", "link.png", "again/1.png", "again/deep/er/2.webp"]


def test_a_file_that_is_named_is_tried_whatever_it_is_called(classifier: Classifier, tmp_path: Path) -> None:
    for name in ("photo", ".hidden", "data.txt"):
        (tmp_path / name).write_bytes(png(shape("ring", 1)))
    rows, summary = run(classifier, *(tmp_path / name for name in ("photo", ".hidden", "data.txt", "photo")))
    assert summary.failed == 0
    assert [Path(row.path).name for row in rows] == ["photo", ".hidden", "data.txt", "photo"]


def test_a_folder_without_pictures_says_so(classifier: Classifier, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("nothing")
    rows, summary = run(classifier, tmp_path)
    assert summary.failed == 1
    assert rows[0].error == f"{tmp_path} holds no pictures"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may read everything")
def test_a_folder_that_may_not_be_read_is_a_row(classifier: Classifier, root: Path) -> None:
    (root / "dog").chmod(0)
    try:
        _, summary = run(classifier, root)
    finally:
        (root / "dog").chmod(0o755)
    assert (summary.images, summary.failed) == (10, 1)


def test_numbers_that_overflow_are_an_error(classifier: Classifier, root: Path) -> None:
    with torch.inference_mode():
        classifier.model.fc.bias.fill_(float("inf"))
    rows, summary = run(classifier, root)
    assert summary.failed == 12
    assert all(row.error.endswith(OVERFLOW) for row in rows)


class StopError(Exception):
    """What a progress raises."""


def test_it_can_be_stopped_and_lets_others_in_between(classifier: Classifier, root: Path) -> None:
    calls: list[str] = []

    def progress(done: float, _text: str) -> None:
        calls.append("progress")
        if done:
            raise StopError

    rows: list[Row] = []
    with pytest.raises(StopError):
        classify_many(
            classifier,
            [str(root)],
            on_rows=lambda more, _done, _whole: rows.extend(more),
            progress=progress,
            between=lambda: calls.append("between"),
        )
    assert 0 < len(rows) < 12
    assert "between" in calls


def test_a_batch_that_does_not_fit_is_halved(
    classifier: Classifier, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, sizes = classifier.logits, list[int]()

    def small(batch: Tensor, *rest: object) -> Tensor:
        sizes.append(len(batch))
        if len(batch) > 1:
            raise DeviceError("device_memory", device="cpu", spec="small")
        return whole(batch)

    monkeypatch.setattr(classifier, "logits", small)
    rows, summary = run(classifier, root)
    assert (summary.images, summary.failed) == (12, 0)
    assert max(sizes) > 1
    assert {row.path for row in rows} == {str(path) for path in root.rglob("*.png")}


def test_a_device_that_fails_ends_it(classifier: Classifier, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Tensor:
        raise DeviceError("device_failed", device="cuda:0", reason="gone")

    monkeypatch.setattr(classifier, "logits", fail)
    with pytest.raises(DeviceError):
        run(classifier, root)


# --- the pool -----------------------------------------------------------------------------------------------


def test_slow_files_do_not_hold_up_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "PATIENCE", 0.02)
    slow = threading.Event()
    stuck = range(4)  # more than there are threads on a small machine

    def work(item: int) -> int:
        if item in stuck:
            slow.wait(60)
        return item

    with Decoders(range(40), work, 8) as decoders:
        found: list[int] = []
        while len(found) < 36:
            found += decoders.get(8, 0.2)
        assert sorted(found) == list(range(4, 40))
        slow.set()
        while len(found) < 40:
            found += decoders.get(8, 0.2)
    assert sorted(found) == list(range(40))


def test_results_wait_only_up_to_the_room_there_is() -> None:
    done: list[int] = []
    with Decoders(range(1000), lambda item: done.append(item), 4) as decoders:
        while len(decoders.get(4, 0.2)) < 4:
            pass
        assert len(done) < 50
    assert len(done) < 50
