"""The small parts above the block: convolutions, attention, blur, zero padding, stochastic depth."""

from __future__ import annotations

from resviz.arch.export.source.traits import Traits
from resviz.arch.export.source.writer import call

Lines = list[str]


def convolutions(traits: Traits) -> list[Lines]:
    """`conv3x3` and `conv1x1`, each with the options that are used."""
    why = ", without a bias" if traits.spec.preact else "; a norm follows, so it needs no bias"
    return [_convolution(kernel, traits.used[kernel], why) for kernel in sorted(traits.used, reverse=True)]


def _convolution(kernel: int, used: set[str], why: str) -> Lines:
    options = [name for name in ("stride", "groups", "dilation") if name in used]
    padding = "dilation" if "dilation" in used else "1"
    head = call(
        f"def conv{kernel}x{kernel}",
        ["in_channels: int", "out_channels: int", *(f"{name}: int = 1" for name in options)],
        0,
        " -> nn.Conv2d:",
    )
    text = "3x3 convolution with padding" if kernel == 3 else "1x1 convolution"
    arguments = ["in_channels", "out_channels", f"kernel_size={kernel}", *(f"{name}={name}" for name in options)]
    arguments += [f"padding={padding}"] if kernel == 3 else []
    body = call("return nn.Conv2d", [*arguments, "bias=False"], 1)
    return [*head, f'    """{text}{why}."""', *body]


def group_norm(traits: Traits) -> list[Lines]:
    """The class of a group norm on maps of one pixel; elsewhere it is torch's own."""
    single = traits.spec.norm == "group" and traits.single_values
    return [_GROUP_NORM.strip().splitlines()] if single else []


def attention(traits: Traits) -> list[Lines]:
    """The class of `self.se`, if there is one."""
    if traits.spec.attention == "se":
        return [_squeeze_excite(traits)]
    return [_ECA.strip().splitlines()] if traits.spec.attention == "eca" else []


def _squeeze_excite(traits: Traits) -> Lines:
    reduction = traits.spec.reduction
    exact = all(plan.out % (8 * reduction) == 0 for plan in traits.stages)
    inner = f"channels // {reduction}" if exact else f"max(8, (channels // {reduction} + 4) // 8 * 8)"
    remark = "" if exact else "  # in eighths, as timm rounds it"
    return _SE.strip().replace("INNER", inner + remark).splitlines()


def filters(traits: Traits) -> list[Lines]:
    """The class that blurs, if there is one; average pools are torch's own."""
    if traits.spec.antialias != "blur" or not (traits.filtered or traits.spec.pool != "none"):
        return []
    mode = '"reflect"'
    extra = ""
    if traits.tiny_blur:
        mode, extra = "mode", '        mode = "reflect" if min(x.shape[-2:]) > 1 else "replicate"\n'
    return [_BLUR.strip().replace("EXTRA\n", extra).replace("MODE", mode).splitlines()]


def zero_pad(traits: Traits) -> list[Lines]:
    """Option A's shortcut, if there is one."""
    if "zero-pad" not in traits.kinds:
        return []
    text = _PAD
    for part in () if traits.strided else _PAD_STRIDES:
        text = text.replace(part, "")
    return [text.strip().splitlines()]


def drop_path(traits: Traits) -> list[Lines]:
    """Stochastic depth, if a rate is given."""
    return [_DROP.strip().splitlines()] if traits.spec.drop_path else []


_GROUP_NORM = '''
class GroupNorm(nn.GroupNorm):
    """Group normalisation (Wu 2018) that takes a group of a single value, of a one-pixel map."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)
'''

_SE = '''
class SqueezeExcite(nn.Module):
    """Scale each channel by a gate computed from the means of all (Hu 2018, fig. 2)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        squeezed = INNER
        self.fc1 = nn.Conv2d(channels, squeezed, kernel_size=1)
        self.fc2 = nn.Conv2d(squeezed, channels, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        means = x.mean((2, 3), keepdim=True)
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(means))))
'''

_ECA = '''
class EfficientChannelAttention(nn.Module):
    """Scale each channel by a gate computed from its own mean and its neighbours' (Wang 2020)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        # Equation 12: the more channels, the more neighbours, and always an odd number.
        reach = int((math.log2(channels) + 1) / 2)
        kernel_size = max(3, reach if reach % 2 else reach + 1)
        self.conv = nn.Conv1d(1, 1, kernel_size, padding=kernel_size // 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        means = x.mean((2, 3)).unsqueeze(1)  # (N, 1, C)
        gates = torch.sigmoid(self.conv(means)).squeeze(1)
        return x * gates[:, :, None, None]
'''

_BLUR = '''
class BlurPool(nn.Module):
    """Blur before striding, so that a shifted picture gives shifted features (Zhang 2019)."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        line = x.new_tensor([0.25, 0.5, 0.25])
        kernel = torch.outer(line, line).expand(x.shape[1], 1, 3, 3)
EXTRA
        x = F.pad(x, (1, 1, 1, 1), mode=MODE)
        return F.conv2d(x, kernel, stride=self.stride, groups=x.shape[1])
'''

_PAD = '''
class ZeroPad(nn.Module):
    """Option A of He 2015, section 3.3: a shortcut without parameters; new channels are zero."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.before = (out_channels - in_channels) // 2
        self.after = out_channels - in_channels - self.before

    def forward(self, x: Tensor) -> Tensor:
        x = x[:, :, :: self.stride, :: self.stride]
        return F.pad(x, (0, 0, 0, 0, self.before, self.after))
'''
#: What a network without strides does not need of it.
_PAD_STRIDES = (
    ", stride: int",
    "        self.stride = stride\n",
    "        x = x[:, :, :: self.stride, :: self.stride]\n",
)

_DROP = '''
def drop_path(x: Tensor, rate: float, training: bool) -> Tensor:
    """Stochastic depth: training leaves out the branch of some pictures (Huang 2016)."""
    if not training or rate == 0.0:
        return x
    kept = x.new_empty(x.shape[0], 1, 1, 1).bernoulli_(1.0 - rate)
    return x * kept / (1.0 - rate)
'''
