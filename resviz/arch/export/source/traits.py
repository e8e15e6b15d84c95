"""What one spec needs of each part, so that the file holds only that."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from resviz.arch.graph import network
from resviz.arch.plan import BlockPlan, StagePlan, block_plan, stage_plans
from resviz.arch.spec import ResNetSpec

#: Activation -> its function in `torch.nn.functional` and its module in `torch.nn`.
ACTIVATIONS: dict[str, tuple[str, str]] = {
    "relu": ("F.relu", "nn.ReLU()"),
    "leaky_relu": ("F.leaky_relu", "nn.LeakyReLU()"),
    "elu": ("F.elu", "nn.ELU()"),
    "silu": ("F.silu", "nn.SiLU()"),
    "gelu": ("F.gelu", "nn.GELU()"),
    "mish": ("F.mish", "nn.Mish()"),
    "hardswish": ("F.hardswish", "nn.Hardswish()"),
}


@dataclass
class Traits:
    """Facts of a spec, and which options the convolutions written so far have used."""

    spec: ResNetSpec
    used: dict[int, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        spec = self.spec
        self.stages: tuple[StagePlan, ...] = stage_plans(spec)
        self.blocks: list[BlockPlan] = [
            block_plan(spec, stage, index) for stage, count in enumerate(spec.blocks) for index in range(min(count, 2))
        ]
        self.kinds = {plan.shortcut for plan in self.blocks}
        self.mixed = isinstance(spec.shortcut, tuple)
        self.strided = any(plan.stride > 1 for plan in self.stages)
        self.dilated = any(plan.dilation > 1 for plan in self.stages)
        self.filtered = any(plan.filtered for plan in self.blocks)
        self.block = "BasicBlock" if spec.block == "basic" else "Bottleneck"
        self.act, self.act_module = ACTIVATIONS[spec.activation]

    @property
    def two_dilations(self) -> bool:
        """Whether a block must know its stage's dilation besides that of its own strided convolution."""
        spec = self.spec
        pooled = "projection" in self.kinds and spec.projection != "1x1"
        blurred = self.filtered and spec.antialias == "blur"
        return self.dilated and (spec.block == "basic" or pooled or blurred)

    @property
    def out(self) -> str:
        """A block's output channels, as its code calls them."""
        return "planes" if self.spec.factor == 1 else "out_channels"

    @property
    def tiny_blur(self) -> bool:
        """Whether a blur meets a map that is one pixel high, which has nothing to reflect."""
        return any(layer.op == "blur" and layer.in_shape[1] == 1 for layer in network(self.spec).layers)

    @property
    def single_values(self) -> bool:
        """Whether a group norm meets groups of one value, which torch's own refuses."""
        layers = network(self.spec).layers
        groups = self.spec.norm_groups
        return any(layer.op == "gn" and math.prod(layer.in_shape) <= groups for layer in layers)

    def norm(self, channels: object) -> str:
        """A new normalisation layer."""
        if self.spec.norm == "group":
            return f"{'' if self.single_values else 'nn.'}GroupNorm({self.spec.norm_groups}, {channels})"
        return f"nn.BatchNorm2d({channels})"

    def conv(self, kernel: int, channels: object, out: object, **options: str) -> str:
        """A call of `conv1x1` or `conv3x3`; options that are "1" are left out."""
        given = {name: value for name, value in options.items() if value != "1"}
        self.used.setdefault(kernel, set()).update(given)
        # As a person writes it: a stride of the same name without its keyword, as it comes first.
        words = [value if name == value == "stride" else f"{name}={value}" for name, value in given.items()]
        return f"conv{kernel}x{kernel}({', '.join([str(channels), str(out), *words])})"
