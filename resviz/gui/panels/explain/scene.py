"""A picture as the network saw it, what it said, and what was found out about it."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QImage

from resviz.engine import messages as m
from resviz.gui.images_qt import to_qimage
from resviz.gui.panels.explain import words
from resviz.gui.panels.explain.asks import Explanation, Ground, short
from resviz.gui.panels.prediction.opinion import Opinion, best_rows, opinion
from resviz.gui.panels.prediction.words import percent
from resviz.heatmap import Floats

TOP = 5


class Scene(NamedTuple):
    """`scores` are the likeliest classes, none where the numbers overflowed (`note` says so)."""

    ground: Ground
    seen: m.Pixels
    image: QImage
    opinion: Opinion
    scores: tuple[m.Score, ...]
    note: str

    def score(self, index: int) -> m.Score:
        """Of any class."""
        found = self.opinion.softmax(1.0)
        known = found is not None and index < len(found.probabilities)
        chance = float(found.probabilities[index]) if found is not None and known else 0.0
        listed = next((each for each in self.scores if each.index == index), None)
        return listed or m.Score(self.opinion.name(index), index, chance)

    @property
    def trained(self) -> bool:
        return self.opinion.trained


def scene_of(prediction: m.Prediction, ground: Ground, own: tuple[str, ...]) -> Scene:
    """`own` are the user's names of the classes."""
    said = opinion(prediction, own)
    rows = best_rows(said, TOP, 1.0)
    scores = tuple(row.score for row in rows)
    return Scene(ground, prediction.seen, to_qimage(prediction.seen), said, scores, prediction.note)


class Shown(NamedTuple):
    """What is on screen; `end` is the value at the ends of its colours."""

    key: Explanation
    values: Floats
    scene: Scene
    end: float

    @property
    def title(self) -> str:
        """`Grad-CAM · layer4 · for cat 84.5 %`."""
        score = self.scene.score(self.key.label)
        said = words.tr("for {label} {chance}").format(label=score.label, chance=percent(score.probability))
        spec = self.key.ground.spec
        parts = [words.method_name(self.key.method), short(self.key.layer, spec) if self.key.layer else "", said]
        if self.key.ground.off:
            parts.append(words.tr("parts switched off"))
        return " · ".join(filter(None, parts))

    @property
    def whole_title(self) -> str:
        """The same with what takes its meaning away: what is copied or saved has no warning beside it."""
        warning = "" if self.scene.trained else words.tr("untrained: predictions mean nothing")
        return " · ".join(filter(None, (self.title, warning)))
