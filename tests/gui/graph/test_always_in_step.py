"""Whatever is edited, folded, turned, compared, undone: the view shows what a view made afresh would show."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from random import Random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from resviz.arch.edit import changed
from resviz.arch.graph import network
from resviz.arch.layout import pair as pairs
from resviz.arch.layout import stack
from resviz.arch.layout.fold import LEVELS
from resviz.arch.layout.stack import Layout
from resviz.arch.spec import ResNetSpec
from resviz.errors import SpecError
from resviz.gui.document import Document, has_layer
from resviz.gui.graph.view import GraphView
from resviz.gui.theme import Theme

STEPS, PAINTED_EVERY = 1000, 40
START = ResNetSpec("basic", (2, 3, 2), 8, stem="cifar", classes=10, size=32)


def afresh(view: GraphView, document: Document) -> Layout:
    """The plan, with nothing remembered."""
    fold, direction, reference = view.look.fold, view.look.direction, document.reference
    if reference is not None:
        return pairs._pair.__wrapped__(reference, document.spec, fold, direction)
    return stack._layout.__wrapped__(document.spec, fold, direction)


def picture(view: GraphView) -> QImage:
    return view.grab().toImage()


class Hand:
    """Does one thing after the other, as somebody at play would."""

    def __init__(self, seed: int, view: GraphView, document: Document, qtbot: QtBot) -> None:
        self.random, self.view, self.document, self.qtbot = Random(seed), view, document, qtbot
        self.did: list[str] = []

    def act(self) -> None:
        ways: list[tuple[int, Callable[[], object]]] = [
            (5, self.edit),
            (3, self.document.undo_stack.undo),
            (2, self.document.undo_stack.redo),
            (2, self.level),
            (5, self.part),
            (1, self.repeats),
            (6, self.double_click),
            (4, self.key),
            (1, self.turn),
            (1, self.compare),
            (3, self.select),
            (2, self.move),
            (1, self.find),
        ]
        way = self.random.choices([way for _, way in ways], [weight for weight, _ in ways])[0]
        self.did.append(way.__name__)
        way()

    def edit(self) -> None:
        spec, pick = self.document.spec, self.random
        changes = pick.choice(
            [
                {"blocks": tuple(pick.randint(1, 5) for _ in range(pick.randint(1, 4)))},
                {"shortcut": pick.choice(["none", "A", "B", "C"])},
                {"block": pick.choice(["basic", "bottleneck"])},
                {"order": pick.choice(["post", "pre"])},
                {"attention": pick.choice(["none", "se", "eca"])},
                {"size": pick.choice([32, 64])},
                {"stem": pick.choice(["cifar", "imagenet", "deep"])},
            ]
        )
        with contextlib.suppress(SpecError):
            self.document.set_spec(changed(spec, **changes).spec, f"edit {len(self.did)}")

    def level(self) -> None:
        self.view.set_level(self.random.choice(LEVELS))

    def part(self) -> None:
        part = self.random.choice(["stem", "head", "layer1", "layer2", "layer2.0", "layer3", "layer1.1", "layer4.2"])
        levels = LEVELS[1:] if "." in part else LEVELS  # a block is never drawn as a stage
        self.view.look.set_fold(self.view.look.fold.put(part, self.random.choice(levels)))

    def repeats(self) -> None:
        fold = self.view.look.fold
        self.view.look.set_fold(fold._replace(repeats=not fold.repeats))

    def point(self) -> QPoint:
        return QPoint(self.random.randrange(self.view.width()), self.random.randrange(self.view.height()))

    def double_click(self) -> None:
        cells = self.view.plan.visible(self.view.plan.bounds)
        layer = self.random.choice(self.random.choice(cells).layers)
        at = self.view.position_of(layer) if self.random.random() < 0.5 else None
        inside = at is not None and self.view.rect().contains(at.toPoint())
        self.qtbot.mouseDClick(
            self.view, Qt.MouseButton.LeftButton, pos=at.toPoint() if at and inside else self.point()
        )

    def key(self) -> None:
        keys = Qt.Key
        choice = [keys.Key_Plus, keys.Key_Minus, keys.Key_Return, keys.Key_Down, keys.Key_Up, keys.Key_Left]
        choice += [keys.Key_Right, keys.Key_Home, keys.Key_End, keys.Key_PageDown, keys.Key_Escape]
        self.qtbot.keyClick(self.view, self.random.choice(choice))

    def turn(self) -> None:
        self.view.look.set_direction(self.random.choice(["down", "right"]))

    def compare(self) -> None:
        other = changed(self.document.spec, shortcut=self.random.choice(["none", "C"])).spec
        self.document.set_reference(self.random.choice([None, None, START, other]))

    def select(self) -> None:
        layers = network(self.document.spec).layers
        self.document.select(self.random.choice(layers).id)

    def move(self) -> None:
        self.random.choice([self.view.zoom_in, self.view.zoom_out, self.view.fit, self.view.home])()

    def find(self) -> None:
        self.view.find()
        self.view.find_bar.edit.setText(self.random.choice(["conv", "layer2 bn", "add", "nothing", "projection"]))
        self.view.find_next()
        self.view.find_bar.leave()


@pytest.mark.parametrize("animated", [False, True], ids=["at once", "interrupted"])
def test_the_view_equals_one_made_afresh_after_any_play(
    qtbot: QtBot, view: GraphView, document: Document, theme: Theme, animated: bool
) -> None:
    document.set_spec(START, "start")
    view.resize(500, 420)
    view.animation_ms = 10_000 if animated else 0  # long enough to be interrupted each time
    hand = Hand(11 + animated, view, document, qtbot)
    for step in range(1, STEPS + 1):
        hand.act()
        assert view.plan == afresh(view, document), hand.did[-5:]
        assert document.selection is None or has_layer(document.spec, document.selection), hand.did[-5:]
        if step % PAINTED_EVERY == 0:
            view.grab()  # in the middle of whatever moves
            compare_pixels(qtbot, view, document, theme, fit=step % (2 * PAINTED_EVERY) == 0, said=hand.did[-8:])


def compare_pixels(qtbot: QtBot, view: GraphView, document: Document, theme: Theme, fit: bool, said: list[str]) -> None:
    fresh = GraphView(document, theme, view.look)
    fresh.resize(view.size())
    fresh.show()
    qtbot.waitExposed(fresh)
    for each in (view, fresh):
        each.fit() if fit else each.home()
        each.settle()
    same = picture(view) == picture(fresh)
    fresh.close()
    fresh.deleteLater()
    assert same, said
