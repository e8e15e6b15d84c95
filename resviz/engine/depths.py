"""The jobs that look into a network: anatomy, explanations, lesions, paths, fields."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from resviz.engine import messages as m
from resviz.errors import SpecError, UsageError
from resviz.files import shown

if TYPE_CHECKING:  # torch loads in the server, after the first progress message
    from torch import Tensor

    from resviz.nets.capture import Maps
    from resviz.nets.classifier import Classifier
    from resviz.nets.images import Picture
    from resviz.nets.lesion import Accuracy, Lesion

Report = Callable[[float, str], None]
Load = Callable[[int], "Picture"]
Pass = m.Dissect | m.Explain | m.Sweep | m.Unravel | m.FieldOf
"""These run the network, with hooks in place."""
MOST_FILTERS, MOST_NUMBERS = 4096, 2**22
"""Filters of a convolution, and numbers of all of them, that are handed out for display."""


def look_into(
    job: Pass, model: Classifier, load: Load | None, report: Report, send: Callable[[m.Reply], None]
) -> m.Found:
    """The answer to a job about `model`; `load` decodes its picture."""
    match job:
        case m.Dissect():
            return _dissected(job, model, load, report)
        case m.Explain():
            return _explained(job, model, load, report)
        case m.Sweep():
            return _swept(job, model, load, report, send)
        case m.Unravel():
            return _unravelled(job, model, load, report)
        case m.FieldOf():
            return _field(job, model, load, report)


def _batch(job: Pass, model: Classifier, load: Load | None) -> Tensor:
    assert load is not None
    return model.steps(load, job.prepare).batch.to(model.device)


def _maps(maps: Maps) -> m.FeatureMaps:
    return m.FeatureMaps(maps.layer, maps.data, maps.stride, maps.shape)


def _dissected(job: m.Dissect, model: Classifier, load: Load | None, report: Report) -> m.Dissected:
    from resviz.nets.anatomy import parts

    found = parts(model.model, _batch(job, model, load), job.block, off=job.off, progress=report)
    each = (found.x, found.branch, found.shortcut, found.total, found.after)
    return m.Dissected(job.id, found.block, found.kind, *map(_maps, each))


def _explained(job: m.Explain, model: Classifier, load: Load | None, report: Report) -> m.Explained:
    from resviz.nets.explain import METHODS, explain

    assert load is not None
    steps = model.steps(load, job.prepare)
    batch = steps.batch.to(model.device)
    method = next(each for each in METHODS if each == job.method)
    layers = job.layers if method == "gradcam" and job.layers else ("",)
    found = []
    for number, layer in enumerate(layers):
        part = _share(report, number, len(layers))
        one = explain(model.model, batch, method, job.index, layer=layer, off=job.off, progress=part)
        found.append(m.Attribution(one.values, one.layer))
    return m.Explained(job.id, method, job.index, tuple(found), steps.box)


def _share(report: Report, number: int, whole: int) -> Report:
    return lambda done, text: report((number + done) / whole, text)


def _swept(
    job: m.Sweep, model: Classifier, load: Load | None, report: Report, send: Callable[[m.Reply], None]
) -> m.Swept:
    from resviz.nets.classifier import OVERFLOW
    from resviz.nets.lesion import sweep, sweep_accuracy

    if job.paths:
        from resviz.nets.labelled import batches, labelled, mixed

        def rows(found: tuple[Accuracy, ...]) -> tuple[m.LesionRow, ...]:
            return tuple(m.LesionRow(e.block, e.kind, e.before, e.after, images=e.images) for e in found)

        files = mixed(labelled(model, job.paths))
        found = sweep_accuracy(
            model.model,
            lambda: batches(model, files, job.prepare),
            off=job.off,
            progress=report,
            expected=len(files),
            on_batch=lambda so_far: send(m.SweepPart(job.id, rows(so_far))),
        )
        return m.Swept(job.id, rows(found), model.trained)

    def row(lesion: Lesion) -> m.LesionRow:
        label = model.labels[lesion.index]
        top = "" if math.isnan(lesion.after) else model.labels[lesion.top_after]
        return m.LesionRow(lesion.block, lesion.kind, lesion.before, lesion.after, label, top)

    def found_one(lesion: Lesion) -> None:
        if math.isnan(lesion.before):
            name = job.image.name if job.image is not None else ""
            raise UsageError("no_prediction", name=shown(name), reason=OVERFLOW)
        send(m.SweepPart(job.id, (row(lesion),)))

    lesions = sweep(
        model.model,
        _batch(job, model, load),
        off=job.off,
        progress=report,
        on_lesion=found_one,
    )
    return m.Swept(job.id, tuple(map(row, lesions)), model.trained)


def _unravelled(job: m.Unravel, model: Classifier, load: Load | None, report: Report) -> m.Unravelled:
    from resviz.nets.unravelled import gradient_by_length

    found = gradient_by_length(model.model, _batch(job, model, load), job.index, progress=report)
    lengths = [m.PathLength(e.length, e.paths, e.gradient, e.samples) for e in found]
    return m.Unravelled(job.id, tuple(lengths))


def _field(job: m.FieldOf, model: Classifier, load: Load | None, report: Report) -> m.FieldFound:
    from resviz.nets.effective_field import effective_field

    batch = _batch(job, model, load) if job.image is not None else None
    values = effective_field(model.model, job.layer, job.place, batch=batch, off=job.off, progress=report)
    return m.FieldFound(job.id, job.layer, values)


def kernels(job: m.Kernels, model: Classifier) -> m.KernelsFound:
    """The weights of a convolution as they are, `(out, in, k, k)`. Raises `SpecError` for another layer."""
    from torch import nn

    from resviz.nets.capture import check_layer

    module = model.model.get_submodule(check_layer(model.spec, job.layer))
    if not isinstance(module, nn.Conv2d):
        raise SpecError("layer_no_conv", layer=job.layer)
    whole = module.weight.detach()
    shape = tuple(whole.shape)
    stride = filter_stride(shape)
    kept = whole[::stride].float().cpu().contiguous().numpy()
    return m.KernelsFound(job.id, job.layer, kept, stride, shape, model.trained)


def filter_stride(shape: tuple[int, ...]) -> int:
    """The smallest stride that leaves no more than `MOST_FILTERS` of `(out, in, k, k)` and `MOST_NUMBERS` in all."""
    return max(1, -(-shape[0] // MOST_FILTERS), -(-math.prod(shape) // MOST_NUMBERS))
