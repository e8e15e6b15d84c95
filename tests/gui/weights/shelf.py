"""Weights for the tests of the window and of the offer; requests go into a list instead of to an engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from resviz.arch.presets import DEFAULT, PRESETS
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.settings import Settings
from resviz.gui.weights.catalogue import Catalogue
from tests.gui.panels.desk import LABELS, deliver

CIFAR, RESNET50 = PRESETS[DEFAULT].spec, PRESETS["resnet50"].spec
CLASSES = tuple(f"class {number}" for number in range(1000))
TERMS = "ImageNet terms: look into it."
SHIPPED = m.WeightsInfo(
    "tiny", "Tiny", CIFAR, LABELS, True, "/w/tiny.safetensors", 0.88, 1_400_000, "", "MIT: ours.", "CIFAR-10", True
)
OLD = m.WeightsInfo(
    "resnet50.V1",
    "ResNet-50 · ImageNet-1K (V1)",
    RESNET50,
    CLASSES,
    True,
    "",
    0.7613,
    102_500_000,
    "https://example.org/resnet50-0676ba61.pth",
    TERMS,
    "ImageNet-1K",
    False,
    0.92862,
    "0676ba61",
    "https://example.org/how",
)
NEW = replace(OLD, name="resnet50.V2", title="ResNet-50 · ImageNet-1K (V2)", accuracy=0.80858, sha256="11ad3fa6")
SMALL = replace(
    OLD, name="resnet18.V1", title="ResNet-18 (V1)", spec=PRESETS["resnet18"].spec, accuracy=0.69758, size=46_800_000
)
ALL = (SHIPPED, SMALL, OLD, NEW)


@dataclass
class Shelf:
    document: Document
    jobs: Jobs
    settings: Settings
    catalogue: Catalogue
    sent: list[m.Request]

    def asked(self, kind: type[m.Request]) -> list[m.Request]:
        return [request for request in self.sent if isinstance(request, kind)]

    def listed(self, weights: tuple[m.WeightsInfo, ...] = ALL) -> None:
        """The engine answers the newest list that was asked for."""
        deliver(self.jobs, m.Listed(self.asked(m.ListWeights)[-1].id, weights))  # type: ignore[union-attr]

    def fetch(self, name: str) -> m.Fetch:
        """The newest download of a name that was asked for."""
        return next(r for r in reversed(self.sent) if isinstance(r, m.Fetch) and r.name == name)

    def comes(self, name: str, got: int, want: int, per_second: float = 0.0) -> None:
        deliver(self.jobs, m.Fetching(self.fetch(name).id, got, want, per_second))

    def is_here(self, name: str, path: str = "/w/file.pth") -> None:
        deliver(self.jobs, m.Fetched(self.fetch(name).id, name, path))

    def fails(self, name: str, code: str = "fetch_offline") -> None:
        values = {"host": "example.org", "reason": "no route to host"}
        deliver(self.jobs, m.Failed(self.fetch(name).id, code, values, "example.org cannot be reached"))

    def model(self, weights: str | None) -> None:
        """The engine has built the document's network."""
        answer = m.ModelReady(0, weights, weights is not None, LABELS, "cpu", self.document.spec)
        deliver(self.jobs, answer)


def shelf(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Shelf:
    document = Document()
    jobs = Jobs(document)
    sent: list[m.Request] = []
    monkeypatch.setattr(jobs._client, "send", sent.append)
    settings = Settings(folder / "settings.ini")
    return Shelf(document, jobs, settings, Catalogue(jobs, settings), sent)
