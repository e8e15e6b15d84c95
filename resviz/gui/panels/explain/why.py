"""What speaks for a class, laid over what the network saw."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QWidget

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.feedback import sentence
from resviz.gui.images_qt import to_qimage
from resviz.gui.jobs import Jobs
from resviz.gui.panels.explain import words
from resviz.gui.panels.explain.asks import Explain, Explanation, Ground, Kept, Numbers, ground_of, looked_at
from resviz.gui.panels.explain.laid_view import Place
from resviz.gui.panels.explain.runner import PATIENCE_MS, Make, Runner
from resviz.gui.panels.explain.saving import Ends, drawn
from resviz.gui.panels.explain.scene import Scene, Shown, scene_of
from resviz.gui.panels.explain.why_page import METHOD_KEY, WhyPage
from resviz.gui.settings import Settings
from resviz.heatmap import Floats, overlay, reach, shares

#: Of a sheet and of a thumbnail's, px.
_SHEET, _SMALL = 192, 64
#: A pointer that only passes over a bar asks for nothing.
_HINT_MS = 120
#: One pass each: a live camera waits for it rather than starve it.
_QUICK = ("gradcam", "gradient")


class WhyView(WhyPage):
    """Asks only while it is visible; shows the last answer, dimmed, until there is the next."""

    def __init__(
        self, document: Document, jobs: Jobs, settings: Settings, numbers: Numbers, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, settings, parent)
        self._document, self._jobs, self._settings, self._numbers = document, jobs, settings, numbers
        self.runner = Runner(jobs, self._make, self)
        self.runner.let_finish(lambda ask: ask.method in _QUICK)
        self.shown: Shown | None = None
        self._scene: Scene | None = None
        self._scenes: Kept[Ground, Scene] = Kept(4)
        self._kept: Kept[Explanation, Floats] = Kept()
        #: The class that was picked (None: the likeliest), and the one whose bar is pointed at.
        self._picked: int | None = None
        self._hint: int | None = None
        self._next_hint: int | None = None
        self._pause = QTimer(self, singleShot=True, interval=_HINT_MS)
        self._late = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._connect()
        self._on_predicted()

    def _connect(self) -> None:
        document, jobs = self._document, self._jobs
        jobs.predicted.connect(self._on_predicted)
        changes = (document.image_changed, document.off_changed, document.prepare_changed, document.weights_changed)
        for change in (*changes, document.image_put_back, document.selection_changed):
            change.connect(self.refresh)
        document.spec_changed.connect(self._on_spec_changed)
        document.labels_changed.connect(self._on_predicted)
        document.device_changed.connect(self.runner.retry)
        self.method.chosen.connect(self._on_method)
        self.chips.chosen.connect(self._on_chip)
        self.lay.only_changed.connect(self._paint)
        self.lay.slid.connect(self._show_strength)
        self.layers.changed.connect(self.refresh)
        self.view.pointed.connect(self._on_pointed)
        self.view.picked.connect(self.view.set_mark)
        self.runner.found.connect(self._on_found)
        self.runner.failed.connect(self._on_failed)
        self.runner.progress.connect(self._on_progress)
        self.runner.idle.connect(self._show_status)
        self.status.cancel.connect(self._on_cancel)
        self.status.again.connect(self._on_again)
        self._pause.timeout.connect(self._take_hint)
        self._late.timeout.connect(self._dim)

    # --- what the user does --------------------------------------------------------------------------------

    def set_class(self, index: int) -> None:
        """Explain a class from now on; -1 for the likeliest."""
        self._picked = index if index >= 0 else None
        self.refresh()

    def hint_class(self, index: int) -> None:
        """Show a class's Grad-CAM while its bar is pointed at; -1 when it is no longer."""
        self._next_hint = index if index >= 0 else None
        self._pause.start()

    def _take_hint(self) -> None:
        if self._hint != self._next_hint:
            self._hint = self._next_hint
            self.refresh()

    def _on_chip(self, index: int) -> None:
        likeliest = self._scene is not None and self._scene.scores and self._scene.scores[0].index == index
        self.set_class(-1 if likeliest else index)

    def _on_method(self, method: str) -> None:
        self._settings.put(METHOD_KEY, method)
        self._on_again()

    def _on_cancel(self) -> None:
        self.runner.cancel()
        self._show_status()

    def _on_again(self) -> None:
        self.runner.retry()
        self.refresh()

    # --- what shall be known -------------------------------------------------------------------------------

    def _on_spec_changed(self) -> None:
        self._picked = self._hint = self._next_hint = None
        self.refresh()

    def _on_predicted(self, _prediction: object = None) -> None:
        prediction = self._jobs.prediction
        if prediction is not None and not self._jobs.outdated:
            if self._scene is None or self._scene.ground != self._ground():
                self.runner.retry()
            self._scene = scene_of(prediction, self._ground(), self._document.labels)
            self._scenes.put(self._scene.ground, self._scene)
            classes = len(self._scene.opinion.logits)
            if self._picked is not None and classes and self._picked >= classes:
                self._picked = None
        self.refresh()

    def _ground(self) -> Ground:
        return ground_of(self._document, self._numbers)

    def key(self) -> Explanation | None:
        """What shall be on screen; None without a picture that has an answer."""
        if self._scene is None or not self._scene.scores:
            return None
        ground, likeliest = self._scene.ground, self._scene.scores[0].index
        hint = self._hinted(self._scene)
        index = next((each for each in (hint, self._picked) if each is not None), likeliest)
        method = "gradcam" if hint is not None else self._method()
        layer = looked_at(self._document) if method == "gradcam" else ""
        return Explanation(ground, method, index, layer) if layer or method != "gradcam" else None

    def _hinted(self, scene: Scene) -> int | None:
        """The class pointed at; the bar may be one of a network that had more of them."""
        classes = len(scene.opinion.logits)
        return None if self._hint is not None and classes and self._hint >= classes else self._hint

    def _method(self) -> str:
        return self.method.value() or words.METHODS[0]

    def _asks(self, key: Explanation) -> list[Explain]:
        """What is not known yet: what shall be on screen, then the other layers."""
        keys = [key]
        if key.method == "gradcam" and self._hint is None:
            keys += [key._replace(layer=layer) for layer in self.layers.layers]
        missing = [each for each in dict.fromkeys(keys) if self._kept.get(each) is None]
        first = [each for each in missing if each == key]
        rest = tuple(each.layer for each in missing if each != key)
        asks = [Explain(*key[:3], (key.layer,) if key.layer else ()) for _ in first]
        return asks + ([Explain(*key[:3], rest)] if rest else [])

    def _make(self, ask: Explain) -> Make:
        return self._jobs.request(m.Explain, method=ask.method, index=ask.label, layers=ask.layers)

    # --- answers -------------------------------------------------------------------------------------------

    def _on_found(self, ask: Explain, answer: m.Explained) -> None:
        for asked, found in zip(ask.keys, answer.maps, strict=True):
            self._kept.put(asked, found.values)
        key, scene = self.key(), self._scenes.get(ask.ground)
        late = key is not None and key.ground != ask.ground and key[1:] == ask.keys[0][1:]
        if late and scene is not None:  # a camera's former picture is better than one that is older still
            self._show(ask.keys[0], self._kept.get(ask.keys[0]), scene)
        self.refresh()

    def _on_failed(self, ask: Explain, failed: m.Failed) -> None:
        key = self.key()
        if key is not None and key in ask.keys and failed.code != m.CANCELLED:
            self.status.offer_again(sentence(failed.code, failed.values, failed.message), "error")
        else:
            self._show_status()

    def _on_progress(self, done: float, text: str) -> None:
        key, ask = self.key(), self.runner.running
        if isinstance(ask, Explain) and key in ask.keys:  # the thumbnails come without a word
            self.status.show_progress(done, text)

    # --- showing -------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what is known of what is wanted, and ask for the rest."""
        self.layers.refresh()
        if self._document.image is None:
            self._forget(self.tr("Drop a picture to see which of its places speak for a class."))
            return
        if self._scene is None:
            self._forget(self.tr("Waiting for the prediction"))
            return
        if not self._scene.scores:
            self._forget(self._scene.note or self.tr("The network's numbers overflowed: there is nothing to explain."))
            return
        self._show_scene(self._scene)
        key = self.key()
        if key is not None and (values := self._kept.get(key)) is not None and not self._is_shown(key):
            self._show(key, values, self._scene)
        current = self._scene.ground == self._ground()
        asks = self._asks(key) if key is not None and current and self.isVisible() else []
        self.runner.want(asks)
        self._show_status()
        self._show_strip()

    def _is_shown(self, key: Explanation) -> bool:
        return self.shown is not None and self.shown.key == key and self.shown.scene is self._scene

    def _forget(self, text: str) -> None:
        self.runner.want([])
        self.shown = None if self._document.image is None else self.shown
        self._scene = None if self._document.image is None else self._scene
        self.empty.setText(text)
        self.pages.setCurrentWidget(self.empty)

    def _show_scene(self, scene: Scene) -> None:
        key = self.key()
        index = self._picked if self._picked is not None else scene.scores[0].index
        scores = list(scene.scores)
        if index not in [score.index for score in scores]:
            scores.append(scene.score(index))
        self.chips.show_scores(scores, index)
        self.warning.setVisible(not scene.trained)
        self.layers.setVisible(self._method() == "gradcam")
        if self.shown is None:
            self.view.show_picture(scene.image)
        self.pages.setCurrentWidget(self.area if key is not None or self.shown is not None else self.empty)

    def _show(self, key: Explanation, values: Floats | None, scene: Scene) -> None:
        if values is None:
            return
        self.shown = Shown(key, values, scene, reach(values, key.method))
        self.view.show_picture(scene.image)
        self._paint()
        self._on_pointed(self.view.mark)

    def _paint(self) -> None:
        """The colours again: another map, another way to lay it over."""
        shown = self.shown
        self._show_strength()
        if shown is not None:
            self.view.show_sheet(sheet(shown.values, shown.end, self.lay.only_for, _SHEET), shown.values.shape[:2])
            self.scale.show_scale(shown.end, self.lay.only_for)
        self._show_strip()

    def _show_strength(self) -> None:
        self.view.set_strength(self.lay.strength)
        for tile in self.layers.strip.tiles:
            tile.set_strength(self.lay.strength)

    def _show_strip(self) -> None:
        key, scene = self.key(), self._scene
        if key is None or scene is None or key.method != "gradcam":
            return
        only = self.lay.only_for
        index = self._picked if self._picked is not None else scene.scores[0].index
        for tile in self.layers.strip.tiles:
            shows = Explanation(scene.ground, "gradcam", index, tile.item.layer), only
            values = self._kept.get(shows[0])
            tile.set_strength(self.lay.strength)
            tile.set_stale(values is None or scene.ground != self._ground())
            if values is not None and tile.shows != shows:
                end = reach(values)
                tile.show_map(scene.image, sheet(values, end, only, _SMALL), shows, end)

    def _show_status(self) -> None:
        """The title of what is on screen, unless something is under way or went wrong."""
        key = self.key()
        fresh = key is not None and self._is_shown(key) and key.ground == self._ground()
        if fresh:
            self._late.stop()
            self.view.set_stale(False)
        elif not self.view.is_stale and not self._late.isActive():
            self._late.start()
        asked = self._asks(key) if key is not None else []
        if fresh and self.shown is not None:
            self.status.say(self.shown.title)
        elif asked and self.runner.has_failed(asked[0]) and not self.status.has_error:
            self.status.offer_again(self.tr("not computed"))

    def _dim(self) -> None:
        self.view.set_stale(self.shown is not None)

    def _on_pointed(self, place: Place | None) -> None:
        shown = self.shown
        if shown is None or place is None:
            self.status.point("")
            return
        rows, columns = shown.values.shape
        at = min(place[0], rows - 1), min(place[1], columns - 1)
        said = self.tr("row {row}, column {column} of {shape}: {value}")
        value = words.signed(float(shown.values[at]))
        self.status.point(said.format(row=at[0], column=at[1], shape=words.shape(rows, columns), value=value))

    # --- visibility ----------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.runner.want([])

    # --- what can be taken away ----------------------------------------------------------------------------

    def image(self) -> QImage | None:
        """As a picture with its words; None while there is none."""
        shown = self.shown
        if shown is None:
            return None
        ends: Ends = self.scale.ends
        return drawn(self.view, shown.whole_title, ends, 0.0 if self.lay.only_for else -1.0)

    def name(self) -> str:
        """For a file."""
        assert self.shown is not None
        label = self.shown.scene.score(self.shown.key.label).label
        safe = "".join(letter if letter.isalnum() else "-" for letter in label)
        return "-".join(filter(None, (self.shown.key.method, self.shown.key.layer, safe)))

    def arrays(self) -> dict[str, object]:
        """As numbers, by the names that `resviz explain` gives them."""
        assert self.shown is not None
        key, values, scene, _end = self.shown
        return {
            "values": values,
            "seen": scene.seen,
            "index": key.label,
            "layer": key.layer,
            "method": key.method,
        }


def sheet(values: Floats, end: float, only_for: bool, side: int) -> QImage:
    """The colours of a map, to lay over a picture of any size."""
    height, width = values.shape
    scale = side / max(height, width)
    return to_qimage(overlay(shares(values, end, only_for), round(height * scale), round(width * scale)))
