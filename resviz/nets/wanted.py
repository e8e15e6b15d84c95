"""From what the user asked for to a forward pass that does it."""

from __future__ import annotations

from resviz.arch.spec import ResNetSpec
from resviz.nets import memory, remembered
from resviz.nets.fast import measure
from resviz.nets.forms import PLAIN, Form
from resviz.nets.passes import Progress
from resviz.nets.runner import Runner, check_precision
from resviz.ways import Compute


def runner_for(exact: Runner, spec: ResNetSpec, weights: str | None, compute: Compute, progress: Progress) -> Runner:
    """The forward pass of a way; `exact` is that of the exact one.

    Raises `DeviceError` where the device does not do the precision, or a copy of the network does not fit.
    """
    if compute.way == "exact":
        return exact
    memory.check(spec, exact.device)
    if compute.way == "chosen":
        return _chosen(exact, compute)
    return fastest(exact, spec, weights, progress)


def _chosen(exact: Runner, compute: Compute) -> Runner:
    check_precision(exact.device, compute.precision)
    form = Form(channels_last=compute.channels_last, precision=compute.precision)
    return Runner(exact.model, form, way=f"chosen: {form.text}", threads=compute.threads)


def fastest(exact: Runner, spec: ResNetSpec, weights: str | None, progress: Progress) -> Runner:
    """The fast way: measured the first time, remembered from then on."""
    key = remembered.key_of(spec, weights, exact.device, exact.threads)
    found = remembered.recall(key)
    if found is None:
        found = measure(exact.model, spec, exact.threads, progress)
        remembered.remember(key, found)
    if found.form == PLAIN:
        return Runner(exact.model, way="fast: exact, nothing is faster", threads=exact.threads, difference=0.0)
    difference, way = found.difference, f"fast: {found.form.text}"
    return Runner(exact.model, found.form, way=way, threads=exact.threads, difference=difference)
