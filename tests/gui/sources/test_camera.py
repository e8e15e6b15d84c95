from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.sources import camera as camera_module
from resviz.gui.sources.camera import LONGEST, Camera, to_source
from tests.gui.panels.desk import PREDICTION, deliver, desk, failed

try:  # its system libraries are not everywhere
    from PySide6.QtMultimedia import QVideoFrame, QVideoSink
except ImportError as error:
    pytest.skip(f"QtMultimedia cannot load: {error}", allow_module_level=True)

# Of drivers that this machine has not: said once, when the first frame is made.
pytestmark = pytest.mark.qt_log_ignore("Couldn't (load|resolve)", "No RHI backend", extend=True)


def frame(colour: str = "red", width: int = 64, height: int = 48) -> QVideoFrame:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return QVideoFrame(image)


class Stage:
    """A camera wired to a document, fed by a sink; the engine answers when a test says so."""

    def __init__(self) -> None:
        self.document, self.jobs = desk()
        self.camera = Camera(self.document, self.jobs)
        self.camera.image_wanted.connect(self.document.set_image)
        self.sink = QVideoSink()
        self.frames: list[m.ImageSource] = []
        self.camera.image_wanted.connect(self.frames.append)

    def answer(self) -> None:
        deliver(self.jobs, PREDICTION)

    def colour(self) -> tuple[int, ...]:
        pixels = self.frames[-1].pixels
        assert pixels is not None
        return tuple(int(value) for value in pixels[0, 0, :3])


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    stage = Stage()
    stage.camera.watch(stage.sink, "Eye")
    return stage


def test_a_frame_becomes_the_picture(qtbot: QtBot, stage: Stage) -> None:
    assert stage.camera.is_live
    with qtbot.waitSignal(stage.camera.image_wanted):
        stage.sink.setVideoFrame(frame("blue"))
    assert stage.document.image is stage.frames[0]
    assert stage.frames[0].name == "Eye"
    assert stage.frames[0].pixels is not None
    assert stage.frames[0].pixels.shape == (48, 64, 4)
    assert stage.colour() == (0, 0, 255)


def test_the_newest_frame_waits_for_the_answer_to_the_former(qtbot: QtBot, stage: Stage) -> None:
    with qtbot.waitSignal(stage.camera.image_wanted):
        stage.sink.setVideoFrame(frame("red"))
    for colour in ("green", "blue", "white"):
        stage.sink.setVideoFrame(frame(colour))
    assert len(stage.frames) == 1
    with qtbot.waitSignal(stage.camera.image_wanted):
        stage.answer()
    assert len(stage.frames) == 2
    assert stage.colour() == (255, 255, 255)


def test_a_frame_that_fails_does_not_end_it(qtbot: QtBot, stage: Stage) -> None:
    with qtbot.waitSignal(stage.camera.image_wanted):
        stage.sink.setVideoFrame(frame("red"))
    stage.sink.setVideoFrame(frame("blue"))
    with qtbot.waitSignal(stage.camera.image_wanted):
        deliver(stage.jobs, failed("internal"))
    assert stage.camera.is_live
    assert stage.colour() == (0, 0, 255)


def test_answered_frames_are_counted(qtbot: QtBot, stage: Stage) -> None:
    for _ in range(6):
        with qtbot.waitSignal(stage.camera.image_wanted):
            stage.sink.setVideoFrame(frame())
        with qtbot.waitSignal(stage.camera.rate_changed):
            stage.answer()
    assert stage.camera.rate > 0
    assert len(stage.frames) == 6


def test_a_frozen_camera_keeps_its_picture_and_goes_on(qtbot: QtBot, stage: Stage) -> None:
    with qtbot.waitSignal(stage.camera.image_wanted):
        stage.sink.setVideoFrame(frame("red"))
    stage.sink.setVideoFrame(frame("green"))  # waits for the answer
    stage.camera.freeze()
    assert stage.camera.is_frozen
    stage.answer()
    stage.sink.setVideoFrame(frame("blue"))
    assert len(stage.frames) == 1
    stage.camera.freeze()
    with qtbot.waitSignal(stage.camera.image_wanted):
        stage.sink.setVideoFrame(frame("white"))
    assert stage.colour() == (255, 255, 255)


def test_another_picture_ends_it(qtbot: QtBot, stage: Stage) -> None:
    with qtbot.waitSignal(stage.camera.image_wanted):
        stage.sink.setVideoFrame(frame())
    stage.sink.setVideoFrame(frame("green"))
    with qtbot.waitSignal(stage.camera.changed):
        stage.document.set_image(m.ImageSource(path="cat.png"))
    assert not stage.camera.is_live
    stage.answer()
    stage.sink.setVideoFrame(frame())
    assert len(stage.frames) == 1
    assert stage.document.image is not None
    assert stage.document.image.path == "cat.png"


def test_an_edit_of_the_network_does_not_end_it(qtbot: QtBot, stage: Stage) -> None:
    with qtbot.waitSignal(stage.camera.image_wanted):
        stage.sink.setVideoFrame(frame())
    stage.answer()
    stage.document.set_device("cpu")
    stage.sink.setVideoFrame(frame("blue"))
    assert stage.camera.is_live


def test_what_is_on_can_be_switched_off_and_on(qtbot: QtBot, stage: Stage) -> None:
    with qtbot.waitSignal(stage.camera.changed):
        stage.camera.toggle()
    assert not stage.camera.is_live
    stage.sink.setVideoFrame(frame())
    stage.camera.watch(stage.sink)
    with qtbot.waitSignal(stage.camera.image_wanted):
        stage.sink.setVideoFrame(frame("blue"))
    assert stage.colour() == (0, 0, 255)


def test_a_camera_that_goes_while_a_frame_is_made_leaves_nothing(qtbot: QtBot) -> None:
    owner = QObject()
    document, jobs = desk()
    camera = Camera(document, jobs, owner)
    sink = QVideoSink()
    camera.watch(sink)
    sink.setVideoFrame(frame(width=1920, height=1080))
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    sink.setVideoFrame(frame())
    assert document.image is None


def test_a_large_frame_is_reduced_and_keeps_its_shape() -> None:
    found = to_source(frame("red", 1920, 1080), "Eye")
    assert found is not None
    assert found.pixels is not None
    assert found.pixels.shape == (LONGEST * 9 // 16, LONGEST, 4)


def test_a_frame_is_turned_as_it_says(qtbot: QtBot) -> None:
    from PySide6.QtMultimedia import QtVideo

    turned = frame("red", 64, 48)
    turned.setRotation(QtVideo.Rotation.Clockwise90)
    found = to_source(turned, "Eye")
    assert found is not None
    assert found.pixels is not None
    assert found.pixels.shape == (64, 48, 4)


def test_an_empty_frame_is_nothing(qtbot: QtBot, stage: Stage) -> None:
    assert to_source(QVideoFrame(), "Eye") is None
    stage.sink.setVideoFrame(QVideoFrame())
    with qtbot.waitSignal(stage.camera.image_wanted):
        stage.sink.setVideoFrame(frame())
    assert len(stage.frames) == 1


def test_a_silent_camera_is_told(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_module, "PATIENCE_MS", 20)
    stage = Stage()
    with qtbot.waitSignal(stage.camera.failed) as told:
        stage.camera.watch(stage.sink, "Eye")
    assert told.args[0].code == "camera_silent"
    assert "Eye" in str(told.args[0])
    assert not stage.camera.is_live


def test_without_a_camera_it_says_so(qtbot: QtBot) -> None:
    stage = Stage()
    if stage.camera.devices():
        pytest.skip("this machine has a camera")
    with qtbot.waitSignal(stage.camera.failed) as told:
        stage.camera.start()
    assert told.args[0].code == "camera_none"


def test_it_goes_on_for_a_thousand_frames(qtbot: QtBot, stage: Stage) -> None:
    """As many come as a camera gives in half a minute, in a burst between any two answers."""
    last = 0
    for _ in range(200):
        for _burst in range(5):
            stage.sink.setVideoFrame(frame("red"))
        qtbot.waitUntil(lambda last=last: len(stage.frames) > last)
        last = len(stage.frames)
        stage.answer()
    assert 200 <= len(stage.frames) <= 401
