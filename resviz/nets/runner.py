"""How a forward pass is run: module by module as the network is, or in another form of it, on any number of threads."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager

import torch
from torch import Tensor

from resviz.errors import DeviceError
from resviz.files import reason
from resviz.nets.forms import PLAIN, TYPES, Form, formed
from resviz.nets.model import ResNet
from resviz.nets.passes import Progress, exact, finish, reporting, silent
from resviz.ways import Precision


class Runner:
    """A network in a form, ready to run. `way` names it; `difference` is the largest difference of a probability from
    the exact way, where it was measured. The plain form is `model` itself; any other is a copy.
    """

    def __init__(
        self,
        model: ResNet,
        form: Form = PLAIN,
        *,
        way: str = "exact",
        threads: int = 0,
        difference: float | None = None,
    ) -> None:
        self.device = model.fc.weight.device
        self.model = formed(model, form)
        self.form, self.way, self.threads, self.difference = form, way, threads, difference

    def __call__(self, batch: Tensor, progress: Progress = silent) -> Tensor:
        """Logits `(N, classes)` of `(N, C, H, W)` on the network's device, fp32, with all work of the device done.

        What `progress` raises stops it between two blocks.
        """
        with torch.inference_mode(), self._kernels(), threads(self.threads), reporting(self.model, progress):
            logits: Tensor = self.model(self.form.taken(batch))
            finish(self.device)
        return logits.float()

    def _kernels(self) -> AbstractContextManager[None]:
        """Of a fast form cuDNN may measure its algorithms; no other may differ from one time to the next."""
        if self.form.tuned:
            return torch.backends.cudnn.flags(enabled=True, benchmark=True, deterministic=False, allow_tf32=False)
        return exact()


@contextlib.contextmanager
def threads(count: int) -> Iterator[None]:
    """Compute on so many threads of the CPU while open; 0 for torch's own number."""
    before = torch.get_num_threads()
    if count in (0, before):
        yield
        return
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def check_precision(device: torch.device, precision: Precision) -> None:
    """Raises `DeviceError` where the device has no convolution in this precision."""
    if precision == "fp32":
        return
    try:
        with torch.inference_mode():
            image = torch.zeros((1, 8, 8, 8), dtype=TYPES[precision], device=device)
            torch.nn.functional.conv2d(image, image[:, :, :3, :3].contiguous(), padding=1)
            finish(device)
    except RuntimeError as error:
        raise DeviceError("device_precision", device=str(device), precision=precision, reason=reason(error)) from error
