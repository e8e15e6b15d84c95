"""What `nets` found, as messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from resviz.engine import messages as m

if TYPE_CHECKING:  # torch loads in the server, after the first progress message
    from resviz.nets.anatomy import Strength
    from resviz.nets.batch import Row
    from resviz.nets.classifier import Classifier, Result, Score
    from resviz.nets.preprocess import Steps
    from resviz.nets.race import Timing


def prediction(job: m.Predict, model: Classifier, result: Result, decode_ms: float) -> m.Prediction:
    """The answer to `job`."""
    maps = {name: m.FeatureMaps(name, k.data, k.stride, k.shape) for name, k in result.maps.items()}
    thinned = [f"{name} is shown at 1/{k.stride} of its resolution" for name, k in maps.items() if k.stride > 1]
    return m.Prediction(
        id=job.id,
        name=result.picture.name,
        top=_scores(result.top),
        weights=model.weights,
        trained=model.trained,
        device=str(model.device),
        labels=model.labels,
        accuracy=model.accuracy,
        assumed=model.assumed,
        dialect=model.dialect,
        ms={**result.ms, "decode": decode_ms},
        preview=result.picture.preview(),
        seen=result.seen,
        maps=maps,
        original_size=result.picture.original_size,
        note="; ".join(filter(None, [result.note, *thinned])),
        logits=result.logits,
        steps=_steps(result.steps),
        way=result.way,
        difference=result.difference,
        off=job.off,
    )


def answer(model: Classifier, result: Result) -> m.Answer:
    """What a second network says."""
    return m.Answer(
        spec=model.spec,
        top=_scores(result.top),
        logits=result.logits,
        labels=model.labels,
        weights=model.weights,
        trained=model.trained,
        accuracy=model.accuracy,
        forward_ms=result.ms["forward"],
        error="" if result.top else result.note,
    )


def strength(found: Strength) -> m.Strength:
    """What a block does to the picture."""
    return m.Strength(found.block, found.ratio, found.cosine, found.projected)


def batch_row(row: Row) -> m.BatchRow:
    """One file of a folder."""
    return m.BatchRow(row.path, row.label, _scores(row.top), row.error, row.size, row.thumb, row.ms)


def race_row(timing: Timing) -> m.RaceRow:
    """One way on one device."""
    return m.RaceRow(
        timing.device,
        timing.title,
        timing.way,
        timing.how,
        timing.ms,
        timing.low,
        timing.high,
        timing.runs,
        timing.difference,
        timing.error,
    )


def _scores(top: Iterable[Score]) -> tuple[m.Score, ...]:
    return tuple(m.Score(score.label, score.index, score.probability) for score in top)


def _steps(steps: Steps) -> m.Steps:
    return m.Steps(
        steps.how,
        steps.resize,
        steps.interpolation,
        steps.box,
        steps.resized,
        steps.resized_size,
        steps.tensor,
        steps.mean,
        steps.std,
        steps.own,
        steps.source,
    )
