"""Hands on to the graph what comes with predictions for it, and has the engine make it while it is shown."""

from __future__ import annotations

from PySide6.QtCore import QObject

from resviz.engine import messages as m
from resviz.gui.graph.view import GraphView
from resviz.gui.jobs import Jobs


class Feed(QObject):
    """Between the jobs, which know no graph, and a graph, which knows no jobs."""

    def __init__(self, graph: GraphView, jobs: Jobs) -> None:
        super().__init__(graph)
        self._graph, self._jobs = graph, jobs
        graph.look.along_changed.connect(self._want)
        jobs.predicted.connect(self._show)
        jobs.document.image_changed.connect(self._on_image_changed)
        jobs.document.image_put_back.connect(self._on_put_back)
        self._want()

    def _want(self) -> None:
        look = self._graph.look
        self._jobs.want(film=look.film)
        if look.ribbon:  # others may want them, too: nobody says that they are not wanted any more
            self._jobs.want(strengths=True)

    def _show(self, prediction: m.Prediction) -> None:
        """A prediction that was asked for before these were wanted brings none; the next one does.

        Of a plain network, or one whose numbers overflow, there are no strengths: those before must not stay.
        """
        if prediction.film:
            self._graph.set_film(prediction.film)
        self._graph.set_strengths(prediction.strengths)

    def _on_image_changed(self) -> None:
        if self._jobs.document.image is None:
            self._graph.set_film({})
            self._graph.set_strengths(())

    def _on_put_back(self) -> None:
        """What is shown is of the picture that is there again, unless the network is another one by now."""
        self._on_image_changed()
        if not self._jobs.outdated:
            self._graph.keep_along()
