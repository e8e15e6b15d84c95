"""What was assumed of an opened checkpoint: shown, explained, changed, while its weights stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from resviz.arch.notation import parse
from resviz.arch.reading.assumed import restated
from resviz.arch.reading.infer import infer
from resviz.arch.reading.keys import state_shapes
from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.builder.assumptions import AssumptionsCard
from resviz.gui.panels.builder.field_controls import ChoiceBox
from resviz.gui.panels.builder.panel import BuilderPanel
from tests.gui.panels.desk import LABELS, deliver, desk

LEFT = Qt.MouseButton.LeftButton
PATH = "/somewhere/best.pth"
SPEC = parse("bottleneck:1,1,width=8,size=224")


@pytest.fixture
def table() -> Iterator[tuple[Document, Jobs]]:
    document, jobs = desk()
    yield document, jobs
    jobs.close()


@pytest.fixture
def document(table: tuple[Document, Jobs]) -> Document:
    return table[0]


@pytest.fixture
def jobs(table: tuple[Document, Jobs]) -> Jobs:
    return table[1]


@pytest.fixture
def panel(qtbot: QtBot, document: Document, jobs: Jobs) -> BuilderPanel:
    shown = BuilderPanel(document, jobs)
    qtbot.addWidget(shown)
    shown.resize(280, 1400)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    open_file(document, jobs)
    return shown


@pytest.fixture
def card(panel: BuilderPanel) -> AssumptionsCard:
    return panel.assumptions


def answer(document: Document, spec: ResNetSpec = SPEC) -> m.ModelReady:
    """What the engine says of the file that the document has open, with the weights of `spec`."""
    reading = infer(state_shapes(spec))
    assumed = restated(reading.assumed, document.spec)
    choices = dict(document.choices)
    assumed = tuple(
        each._replace(value=choices.get(each.field, each.value), others=tuple({each.value, *each.others}))
        if each.field in choices
        else each
        for each in assumed
    )
    return m.ModelReady(0, PATH, True, LABELS, "cpu", document.spec, None, assumed, reading.dialect)


def open_file(document: Document, jobs: Jobs, spec: ResNetSpec = SPEC) -> None:
    document.open(spec, PATH, "Open weights")
    deliver(jobs, answer(document, spec))


def unfold(qtbot: QtBot, card: AssumptionsCard) -> None:
    qtbot.mouseClick(card.change_link, LEFT)


def test_an_opened_file_shows_what_its_shapes_do_not_tell(panel: BuilderPanel, card: AssumptionsCard) -> None:
    assert card.isVisible()
    assert card.title.text() == "Read off best.pth"
    said = card.note.text()
    assert said.startswith("Keys as in torchvision. Shapes cannot tell: stride in 3×3")
    for part in ("activation ReLU", "input 224", "mean, std ImageNet", "labels"):
        assert part in said


def test_without_an_opened_file_there_is_no_card(qtbot: QtBot) -> None:
    document, jobs = desk()
    shown = BuilderPanel(document, jobs)
    qtbot.addWidget(shown)
    shown.show()
    deliver(jobs, m.ModelReady(0, "tiny", True, LABELS, "cpu", document.spec))
    assert not shown.assumptions.isVisible()
    document.open(SPEC, PATH, "Open weights")
    deliver(jobs, m.ModelReady(0, PATH, True, LABELS, "cpu", SPEC))  # its card told everything
    assert not shown.assumptions.isVisible()
    jobs.close()


def test_rows_come_when_they_are_asked_for(qtbot: QtBot, card: AssumptionsCard) -> None:
    assert not card.controls["stride_in"].isVisible()
    unfold(qtbot, card)
    assert card.controls["stride_in"].isVisible()
    assert card.change_link.text() == "Done"
    assert "3×3" not in card.note.text()
    unfold(qtbot, card)
    assert not card.controls["stride_in"].isVisible()


def test_every_row_says_why(qtbot: QtBot, card: AssumptionsCard) -> None:
    unfold(qtbot, card)
    for each in infer(state_shapes(SPEC)).assumed:
        widget = {**card.controls, **card.boxes, **card.stated}[each.field]
        assert each.why[1:] in widget.toolTip()


def test_another_stride_keeps_the_weights_and_is_undone(
    qtbot: QtBot, panel: BuilderPanel, document: Document, card: AssumptionsCard, jobs: Jobs
) -> None:
    unfold(qtbot, card)
    box = card.controls["stride_in"].inner
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert (document.spec, document.weights) == (replace(SPEC, stride_in="1x1"), PATH)
    assert document.undo_stack.undoText() == "Stride in"
    deliver(jobs, answer(document))
    assert card.controls["stride_in"].inner is box  # the keyboard is still on it
    assert card.isVisible()
    document.undo_stack.undo()
    assert (document.spec, document.weights) == (SPEC, PATH)
    assert box.currentText() == "3×3"


def test_the_input_is_any_number(qtbot: QtBot, document: Document, card: AssumptionsCard) -> None:
    unfold(qtbot, card)
    field = card.controls["size"].inner
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "199")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert (document.spec.size, document.weights) == (199, PATH)


@pytest.mark.parametrize("by", ["card", "stage row"])
def test_of_a_mixture_padded_or_plain_is_for_the_user_to_say(
    qtbot: QtBot, panel: BuilderPanel, document: Document, jobs: Jobs, card: AssumptionsCard, by: str
) -> None:
    padded = parse("basic:2,1,2,width=8,stem=cifar,shortcut=B/A/C")
    open_file(document, jobs, padded)
    assert "shortcut B/A/C" in card.note.text()
    unfold(qtbot, card)
    box = card.controls["shortcut"].inner
    assert isinstance(box, ChoiceBox)
    assert [box.itemText(at) for at in range(box.count())] == ["B/A/C", "B/none/C"]
    assert box.currentText() == "B/A/C"
    if by == "card":
        box.setFocus()
        qtbot.keyClick(box, Qt.Key.Key_Down)
    else:
        qtbot.mouseClick(panel.stage_shortcuts.rows[1].button("none"), LEFT)
    assert document.spec == replace(padded, shortcut=("B", "none", "C"))
    assert document.weights == PATH
    deliver(jobs, answer(document, padded))
    assert card.controls["shortcut"].isVisible()
    assert "B/none/C" in card.accessibleName()
    assert panel.stage_shortcuts.rows[1].value() == "none"
    document.undo_stack.undo()
    assert (document.spec, document.weights) == (padded, PATH)
    assert box.currentText() == "B/A/C"


def test_the_same_edit_made_in_the_builder_keeps_the_weights_too(
    qtbot: QtBot, panel: BuilderPanel, document: Document, card: AssumptionsCard, jobs: Jobs
) -> None:
    panel.details.sections["block"].set_open(True)
    qtbot.mouseClick(panel.details.rows["stride_in"].control.inner.button("1x1"), LEFT)
    assert (document.spec.stride_in, document.weights) == ("1x1", PATH)
    deliver(jobs, answer(document))
    assert "stride in 1×1" in card.note.text()
    line = panel.notation.line
    line.selectAll()
    qtbot.keyClicks(line, "bottleneck:1,1,width=8,activation=silu")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert (document.spec.activation, document.weights) == ("silu", PATH)


def test_an_edit_of_the_shapes_lets_the_weights_go_and_undo_brings_them_back(
    qtbot: QtBot, panel: BuilderPanel, document: Document, card: AssumptionsCard, jobs: Jobs
) -> None:
    qtbot.mouseClick(panel.block.button("basic"), LEFT)
    assert document.weights is None
    assert not card.isVisible()
    document.undo_stack.undo()
    assert document.weights == PATH
    deliver(jobs, answer(document))
    assert card.isVisible()


def test_what_no_spec_holds_is_chosen_too(
    qtbot: QtBot, panel: BuilderPanel, document: Document, card: AssumptionsCard, jobs: Jobs
) -> None:
    unfold(qtbot, card)
    box = card.boxes["mean/std"]
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_End)
    value = box.currentText()
    assert document.choices == (("mean/std", value),)
    assert (document.spec, document.weights) == (SPEC, PATH)
    assert document.undo_stack.undoText() == "Mean, std"
    deliver(jobs, answer(document))
    assert box.currentText() == value
    document.undo_stack.undo()
    assert document.choices == ()
    deliver(jobs, answer(document))
    assert box.currentText() == "ImageNet"


def test_choices_go_with_the_file(qtbot: QtBot, panel: BuilderPanel, document: Document, card: AssumptionsCard) -> None:
    document.assume(SPEC, (("labels", "numbers"),), "Labels")
    with qtbot.waitSignal(document.weights_changed):
        document.open(SPEC, "/another.pth", "Open weights")
    assert document.choices == ()
    document.undo_stack.undo()
    assert document.choices == (("labels", "numbers"),)


def test_it_can_be_put_away_until_another_file_comes(
    qtbot: QtBot, panel: BuilderPanel, document: Document, card: AssumptionsCard, jobs: Jobs
) -> None:
    qtbot.mouseClick(card.close_button, LEFT)
    assert not card.isVisible()
    assert document.weights == PATH
    deliver(jobs, answer(document))
    assert not card.isVisible()
    document.open(SPEC, "/another.pth", "Open weights")
    deliver(jobs, answer(document))
    assert card.isVisible()
    assert card.title.text() == "Read off another.pth"
    document.open(SPEC, PATH, "Open weights")
    assert not card.isVisible()  # it speaks of the other file until this one is read
    deliver(jobs, answer(document))
    assert card.isVisible()


def test_a_warning_is_stated_and_cannot_be_changed(
    qtbot: QtBot, panel: BuilderPanel, document: Document, jobs: Jobs
) -> None:
    spec = parse("basic:1,1,width=8,stem=cifar,classes=7")
    document.open(spec, PATH, "Open weights")
    reading = infer(state_shapes(spec))
    deliver(
        jobs,
        m.ModelReady(0, PATH, True, LABELS, "cpu", spec, None, reading.assumed, reading.dialect),
    )
    card = panel.assumptions
    unfold(qtbot, card)
    warnings = {each.field for each in reading.assumed if not each.others}
    assert warnings == set(card.stated)
    assert card.stated["stem"].text() == "3×3 CIFAR"
