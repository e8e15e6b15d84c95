"""The folded sections of the builder, driven as a user drives them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.arch.spec import DEFAULTS, FIELDS, RULES, ResNetSpec
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.builder.field_controls import AutoNumber, ChoiceBox, ShareField
from resviz.gui.panels.builder.field_words import field_choices, field_words, sections
from resviz.gui.panels.builder.panel import BuilderPanel
from resviz.gui.panels.builder.stepper import NumberField
from resviz.gui.panels.controls import Segmented
from resviz.gui.settings import Settings
from tests.gui.panels.desk import desk, wheel

LEFT = Qt.MouseButton.LeftButton
IN_SIGHT = ("block", "blocks", "shortcut", "stem", "width", "classes", "size", "channels")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "resviz.ini")


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document()


@pytest.fixture
def panel(qtbot: QtBot, document: Document, settings: Settings) -> Iterator[BuilderPanel]:
    jobs = Jobs(document)
    shown = BuilderPanel(document, jobs, settings=settings)
    qtbot.addWidget(shown)
    shown.resize(280, 1600)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    yield shown
    jobs.close()


def put(panel: BuilderPanel, text: str) -> ResNetSpec:
    """Type a network's notation, and unfold every section."""
    panel.notation.line.setText(text)
    panel.notation.line.returnPressed.emit()
    for section in panel.details.sections.values():
        section.set_open(True)
    return parse(text)


def control(panel: BuilderPanel, field: str) -> Any:
    return panel.details.rows[field].control.inner


def type_into(qtbot: QtBot, field: NumberField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_every_field_of_a_spec_has_its_place() -> None:
    folded = [field for section in sections() for field in section.fields]
    assert sorted([*IN_SIGHT, *folded]) == sorted(FIELDS)
    assert set(folded) == set(field_words())


def test_sections_are_folded_until_asked_for_and_are_remembered(
    qtbot: QtBot, panel: BuilderPanel, settings: Settings
) -> None:
    assert not any(section.is_open for section in panel.details.sections.values())
    assert not panel.details.rows
    qtbot.mouseClick(panel.details.sections["block"].header, LEFT)
    panel.details.sections["norm"].header.setFocus()
    qtbot.keyClick(panel.details.sections["norm"].header, Qt.Key.Key_Return)
    assert panel.details.rows["groups"].isVisible()
    assert panel.details.rows["activation"].isVisible()
    again, jobs = desk()
    second = BuilderPanel(again, jobs, settings=settings)
    qtbot.addWidget(second)
    assert [key for key, section in second.details.sections.items() if section.is_open] == ["block", "norm"]
    jobs.close()


def test_keys_fold_and_unfold(qtbot: QtBot, panel: BuilderPanel) -> None:
    section = panel.details.sections["stem"]
    section.header.setFocus()
    seen = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Space, Qt.Key.Key_Enter):
        qtbot.keyClick(section.header, key)
        seen.append(section.is_open)
    assert seen == [True, True, False, True, False]
    assert section.header.accessibleName() == "Stem, folded"


@pytest.mark.parametrize("text", ["resnetrs50", "seresnextaa201d_32x8d,zero_init=true,norm=group,norm_groups=4"])
def test_everything_fits_into_the_narrowest_panel(qtbot: QtBot, panel: BuilderPanel, text: str) -> None:
    put(panel, text)
    panel.resize(264, 600)
    qtbot.waitUntil(panel.area.scrolls)
    panel.area.ensureWidgetVisible(panel.details.rows["drop_path"].back)
    assert panel.area.content.width() <= panel.area.viewport().width()
    assert panel.area.content.x() == 0
    for field in ("antialias", "stem_pool", "projection"):
        for choice in field_choices()[field]:
            button = control(panel, field).button(choice.value)
            assert button.fontMetrics().horizontalAdvance(choice.text) <= button.width()


def test_what_is_unfolded_comes_into_sight(qtbot: QtBot, panel: BuilderPanel) -> None:
    panel.resize(280, 700)
    header = panel.details.sections["training"].header
    panel.area.ensureWidgetVisible(header, 0, 0)
    qtbot.mouseClick(header, LEFT)
    last = panel.details.rows["drop_path"]
    port = panel.area.viewport()
    bottom = last.mapTo(port, last.rect().bottomLeft()).y()
    assert 0 < bottom < port.height()


@pytest.mark.parametrize(
    ("text", "key", "summary"),
    [
        ("resnet50", "block", ""),
        ("resnext50_32x4d,stride_in=1x1", "block", "stride in 1×1 · 32 groups × 4"),
        ("wide_resnet50_2", "block", "group width 128"),
        ("resnetv2_50", "block", "pre-activation"),
        ("resnet50d", "shortcut", "average pool + 1×1"),
        ("resnetrs50", "stem", "strided conv for the pool"),
        ("resnetrs50", "attention", "SE · reduction 4"),
        ("resnet50,output_stride=8", "attention", "output stride 8"),
        ("resnet50_gn", "norm", "GroupNorm"),
        ("resnet18,activation=silu", "norm", "SiLU (Swish)"),
        (
            "resnet18,dropout=0.25,drop_path=0.1,zero_init=true",
            "training",
            "last BN starts at 0 · dropout 0.25 · stoch",
        ),
    ],
)
def test_a_heading_says_what_is_not_as_usual(
    document: Document, panel: BuilderPanel, text: str, key: str, summary: str
) -> None:
    document.open(parse(text), None, "x")
    header = panel.details.sections[key].header
    assert header.summary.startswith(summary)
    assert bool(header.summary) == bool(summary)
    assert header.summary in header.toolTip()
    assert header.summary in header.accessibleName()


def test_a_heading_speaks_of_exactly_its_own_fields(panel: BuilderPanel) -> None:
    put(panel, "resnext50_32x4d,stem=deep,dropout=0.5")
    told = {key for key, section in panel.details.sections.items() if section.header.summary}
    assert told == {"block", "training"}


@pytest.mark.parametrize("field", [field for field, words in field_choices().items() if len(words) <= 3])
def test_words_are_chosen_by_segments(qtbot: QtBot, panel: BuilderPanel, document: Document, field: str) -> None:
    before = put(panel, "bottleneck:2,2")
    segments = control(panel, field)
    assert isinstance(segments, Segmented)
    for word in [choice.value for choice in field_choices()[field]][1:]:
        qtbot.mouseClick(segments.button(word), LEFT)
        assert getattr(document.spec, field) == word
    assert document.undo_stack.undoText() == field_words()[field].name
    document.undo_stack.undo()
    assert document.spec == before
    assert segments.value() == before.resolved(field)


def test_the_activation_is_chosen_from_a_box_with_keys(qtbot: QtBot, panel: BuilderPanel, document: Document) -> None:
    put(panel, "resnet18")
    box = control(panel, "activation")
    assert isinstance(box, ChoiceBox)
    box.setFocus()
    wheel(box, -1)
    assert document.spec.activation == "relu"
    for _ in range(3):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert document.spec.activation == "silu"
    document.undo_stack.undo()
    assert box.currentText() == "ReLU"


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [("groups", "32", 32), ("group_width", "4", 4), ("expansion", "2", 2), ("reduce_first", "2", 2)],
)
def test_numbers_are_typed_and_undone(
    qtbot: QtBot, panel: BuilderPanel, document: Document, field: str, typed: str, value: int
) -> None:
    before = put(panel, "resnet50")
    type_into(qtbot, control(panel, field), typed)
    assert getattr(document.spec, field) == value
    assert document.undo_stack.undoText() == field_words()[field].name
    document.undo_stack.undo()
    assert document.spec == before


def test_an_open_field_shows_what_it_comes_to_and_can_be_reset(
    qtbot: QtBot, panel: BuilderPanel, document: Document
) -> None:
    put(panel, "resnet50")
    row, field = panel.details.rows["stem_width"], control(panel, "stem_width")
    assert isinstance(field, AutoNumber)
    assert field.text() == "auto 64"
    assert not row.back.isVisible()
    qtbot.keyClick(panel.numbers["width"], Qt.Key.Key_Up)
    assert field.text() == f"auto {document.spec.width}" == "auto 72"
    type_into(qtbot, field, "32")
    panel.numbers["width"].setFocus()
    assert field.text() == "32"
    assert document.spec.stem_width == 32
    assert row.back.toolTip() == "Back to 72, the usual stem width"
    qtbot.mouseClick(row.back, LEFT)
    assert document.spec.stem_width is None
    assert document.undo_stack.undoText() == "Reset stem width"
    assert field.hasFocus()
    assert field.text() == "72"  # what is typed next stands for itself
    panel.numbers["width"].setFocus()
    assert field.text() == "auto 72"
    document.undo_stack.undo()
    assert document.spec.stem_width == 32


def test_every_field_goes_back_to_its_default(qtbot: QtBot, panel: BuilderPanel, document: Document) -> None:
    text = (
        "bottleneck:2,2,2,groups=2,group_width=32,expansion=2,reduce_first=2,stride_in=1x1,order=pre,projection=avgpool,"
        "stem_width=32,stem_pool=conv,attention=se,reduction=8,antialias=blur,output_stride=8,norm=group,norm_groups=16,"
        "activation=silu,zero_init=true,dropout=0.25,drop_path=0.1"
    )
    put(panel, text)
    # A reduction means nothing without SE: such fields go back first.
    for field in reversed([field for section in sections() for field in section.fields]):
        row = panel.details.rows[field]
        row.back.setFocus()
        qtbot.keyClick(row.back, Qt.Key.Key_Space)
        assert getattr(document.spec, field) == DEFAULTS[field]
        assert not row.back.isVisible()
    assert document.spec == parse("bottleneck:2,2,2")


def test_the_output_strides_are_those_of_the_network(qtbot: QtBot, panel: BuilderPanel, document: Document) -> None:
    put(panel, "resnet50")
    box = control(panel, "output_stride")
    assert [box.itemText(at) for at in range(box.count())] == ["auto 32", "16", "8", "4"]
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert document.spec.output_stride == 16
    qtbot.mouseClick(panel.stages.remove, LEFT)
    assert document.spec.output_stride is None  # 16 is all that three stages come to
    assert [box.itemText(at) for at in range(box.count())] == ["auto 16", "8", "4"]
    assert box.currentText() == "auto 16"


@pytest.mark.parametrize(("typed", "value"), [("0.25", 0.25), (".5", 0.5), ("0,125", 0.125), ("0", 0.0)])
def test_shares_are_typed(qtbot: QtBot, panel: BuilderPanel, document: Document, typed: str, value: float) -> None:
    put(panel, "resnet18,dropout=0.75")
    field = control(panel, "dropout")
    assert isinstance(field, ShareField)
    assert field.text() == "0.75"
    type_into(qtbot, field, typed)
    assert document.spec.dropout == value


def test_shares_step_by_twentieths_and_end_below_one(qtbot: QtBot, panel: BuilderPanel, document: Document) -> None:
    put(panel, "resnet18")
    field = control(panel, "drop_path")
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert document.spec.drop_path == 0.05
    for _ in range(30):
        qtbot.keyClick(field, Qt.Key.Key_Up)
    assert document.spec.drop_path == 0.999


def test_a_share_finer_than_is_shown_is_not_lost_by_looking(panel: BuilderPanel, document: Document) -> None:
    spec = put(panel, "resnet18,dropout=0.12345")
    field = control(panel, "dropout")
    field.setFocus()
    panel.numbers["width"].setFocus()
    assert document.spec == spec


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("groups", "0", "Groups must be a whole number from 1 to 4096, not 0"),
        ("dropout", "1.5", "Dropout must be at least 0 and below 1, not 1.5"),
        ("reduce_first", "3", "reduce_first=3 does not divide 64 channels evenly into 1 group(s)"),
        ("stem_width", "0", "Stem width must be a whole number from 1 to 8192, not 0"),
        ("stem_width", "63", "Stem=deep needs an even stem_width, not 63"),
    ],
)
def test_a_refusal_is_said_under_its_section(
    qtbot: QtBot, panel: BuilderPanel, document: Document, field: str, typed: str, said: str
) -> None:
    spec = put(panel, "resnet50,stem=deep")
    type_into(qtbot, control(panel, field), typed)
    label = panel.details.error_label(field)
    assert label is not None
    assert label.isVisible()
    assert label.text() == said
    assert document.spec == spec
    assert not document.undo_stack.canRedo()
    type_into(qtbot, panel.numbers["width"], "32")
    assert not label.isVisible()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.field)
def test_a_field_without_a_meaning_is_grey_and_says_what_it_needs(panel: BuilderPanel, rule: Any) -> None:
    meant = put(panel, "bottleneck:2,2,attention=se,norm=group")
    assert rule.applies(meant)
    assert panel.details.rows[rule.field].control.isEnabled()
    put(panel, "basic:2,2,shortcut=none,stem=cifar")
    row = panel.details.rows[rule.field]
    assert not row.control.isEnabled()
    assert field_words()[rule.field].needs
    for widget in (row.name, row.control, row.control.inner):
        assert field_words()[rule.field].needs.split(":")[0] in widget.toolTip()


def test_undo_in_a_share_or_an_open_number_is_the_windows(
    qtbot: QtBot, panel: BuilderPanel, document: Document
) -> None:
    put(panel, "resnet50")
    undo = document.undo_stack.createUndoAction(panel)
    undo.setShortcut("Ctrl+Z")
    panel.addAction(undo)
    for field in ("stem_width", "dropout"):
        before, number = document.spec, control(panel, field)
        number.setFocus()
        qtbot.keyClick(number, Qt.Key.Key_Up)
        assert document.spec != before
        qtbot.keyClick(number, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert document.spec == before


def test_showing_any_preset_edits_nothing(qtbot: QtBot, panel: BuilderPanel, document: Document) -> None:
    put(panel, "resnet18")
    for name, preset in PRESETS.items():
        document.open(preset.spec, None, name)
        assert document.spec == preset.spec
    assert QApplication.focusWidget() is not None
    assert document.undo_stack.undoText() == list(PRESETS)[-1]
