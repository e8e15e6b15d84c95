"""Hands on to the graph what comes with predictions for it, and has the engine make it while it is shown."""

from __future__ import annotations

from PySide6.QtCore import QObject

from resviz.arch.graph import network
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
        self._want()

    def _want(self) -> None:
        look = self._graph.look
        self._jobs.want(film=look.film)
        if look.ribbon:  # others may want them, too: nobody says that they are not wanted any more
            self._jobs.want(strengths=True)

    def _show(self, prediction: m.Prediction) -> None:
        """A prediction that was asked for before these were wanted brings none; the next one does.

        Of a plain network there are no strengths: those of the one before must not stay.
        """
        if prediction.film:
            self._graph.set_film(prediction.film)
        if prediction.strengths or not network(self._jobs.document.spec).shortcuts:
            self._graph.set_strengths(prediction.strengths)

    def _on_image_changed(self) -> None:
        if self._jobs.document.image is None:
            self._graph.set_film({})
            self._graph.set_strengths(())
