"""The panel on a desk without an engine: its requests are looked at, and answered by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.explain import ExplainPanel
from resviz.gui.panels.explain.asks import mappable
from resviz.gui.settings import Settings
from tests.gui.panels.desk import deliver, desk


class Bench:
    """Maps are as large as the layers that are asked for; their values go up from left to right, from -1 to 1."""

    def __init__(self, settings: Settings) -> None:
        self.document: Document
        self.jobs: Jobs
        self.document, self.jobs = desk()
        self.panel = ExplainPanel(self.document, self.jobs, settings)
        self.why, self.field = self.panel.why, self.panel.field

    @property
    def asked(self) -> m.Explain | None:
        """What the engine is asked for now."""
        request = self.why.runner._task.request
        assert request is None or isinstance(request, m.Explain)
        return request

    @property
    def asked_field(self) -> m.FieldOf | None:
        request = self.field.runner._task.request
        assert request is None or isinstance(request, m.FieldOf)
        return request

    def answer(self) -> m.Explain:
        """Answers one request and returns it."""
        asked = self.asked
        assert asked is not None
        known = mappable(asked.spec)
        found = []
        for layer in asked.layers or ("",):
            shape = known[layer].out_shape[1:] if layer else (asked.spec.size,) * 2
            found.append(m.Attribution(ramp(*shape) * (asked.index + 1), layer))
        deliver(self.jobs, m.Explained(asked.id, asked.method, asked.index, tuple(found)))
        return asked

    def answer_all(self) -> list[m.Explain]:
        """Until nothing is asked any more."""
        answered = []
        while self.asked is not None:
            answered.append(self.answer())
        return answered

    def answer_field(self, make: Callable[[int], m.Floats]) -> m.FieldOf:
        asked = self.asked_field
        assert asked is not None
        deliver(self.jobs, m.FieldFound(asked.id, asked.layer, make(asked.spec.size)))
        return asked


def ramp(height: int, width: int) -> m.Floats:
    """From -1 at the left to 1 at the right."""
    return np.tile(np.linspace(-1, 1, width, dtype=np.float32), (height, 1))
