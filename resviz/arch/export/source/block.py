"""The class of the residual block, and the function that puts blocks into a stage."""

from __future__ import annotations

from resviz.arch.export.source.traits import Traits
from resviz.arch.export.source.writer import WIDTH, call, listed, remarked

Lines = list[str]


def block(traits: Traits) -> Lines:
    """`BasicBlock` or `Bottleneck`, with what this spec needs of it."""
    expansion = ["", f"    expansion = {traits.spec.factor}"] if traits.spec.factor > 1 else []
    return [
        f"class {traits.block}(nn.Module):",
        f'    """{_about(traits)}"""',
        *expansion,
        "",
        *_signature(traits),
        "        super().__init__()",
        *_channels(traits),
        *_branch(traits),
        *_attention(traits),
        *_shortcut(traits),
        *(["        self.drop_path = 0.0  # set by the network"] if traits.spec.drop_path else []),
        "",
        *_forward(traits),
    ]


def _about(traits: Traits) -> str:
    spec = traits.spec
    what = "Two 3x3 convolutions"
    if spec.block == "bottleneck":
        what = f"1x1, {'grouped ' if spec.groups > 1 else ''}3x3 and 1x1 convolutions"
    if not spec.residual:
        return f"{what}, the plain twin of a block (He 2015, section 3.3)."
    if spec.preact:
        return f"{what} and a shortcut, norms first (He 2016, fig. 1b)."
    figure = "He 2015, fig. 5"
    if spec.block == "bottleneck" and spec.groups > 1:
        figure = "Xie 2017, fig. 3c"
    return f"{what} and a shortcut around them ({figure})."


def _parameters(traits: Traits) -> list[str]:
    names = ["stride"] if traits.strided else []
    if traits.dilated:
        names += ["first_dilation", "dilation"] if traits.two_dilations else ["dilation"]
    return names


def _signature(traits: Traits) -> Lines:
    options = [f"{name}: int = 1" for name in _parameters(traits)]
    options += ['shortcut: str = "B"'] * traits.mixed
    return call("def __init__", ["self", "in_channels: int", "planes: int", *options], 1, " -> None:")


def _channels(traits: Traits) -> Lines:
    """Names for the channel counts that differ from `planes`."""
    lines = []
    if _width(traits) == "width":
        lines += remarked([f"        width = {_width_rule(traits)}"], _width_remark(traits))
    if traits.out == "out_channels":
        lines.append("        out_channels = planes * self.expansion")
    return lines


def _width(traits: Traits) -> str:
    """Channels of the 3x3: `planes`, or a `width` of their own."""
    same = all(traits.spec.inner(stage) == plan.planes for stage, plan in enumerate(traits.stages))
    return "planes" if same else "width"


def _width_rule(traits: Traits) -> str:
    spec = traits.spec
    whole, rest = divmod(spec.group_width * spec.groups, 64)
    if not rest and all(spec.inner(stage) == plan.planes * whole for stage, plan in enumerate(traits.stages)):
        return f"planes * {whole}"
    groups = f" * {spec.groups}" if spec.groups > 1 else ""
    return f"planes * {spec.group_width} // 64{groups}"


def _width_remark(traits: Traits) -> str:
    spec = traits.spec
    if spec.groups > 1:
        return f"{spec.groups} groups of {spec.inner(0) // spec.groups} channels in the first stage"
    return "wider inside, the same outside (Zagoruyko 2016)"


def _first(traits: Traits) -> str:
    """Channels after the first convolution."""
    reduce, width = traits.spec.reduce_first, _width(traits)
    return width if reduce == 1 else f"{width} // {reduce}"


def _convs(traits: Traits) -> list[tuple[str, str, str]]:
    """The call, input and output channels of each convolution on the residual branch."""
    spec, first, width, out = traits.spec, _first(traits), _width(traits), traits.out
    # A filter after the convolution strides in its place.
    stride = "stride" if traits.strided and not traits.filtered else "1"
    dilation = "dilation" if traits.dilated else "1"
    before = "first_dilation" if traits.two_dilations else dilation
    if spec.block == "basic":
        return [
            (traits.conv(3, "in_channels", first, stride=stride, dilation=before), "in_channels", first),
            (traits.conv(3, first, out, dilation=dilation), first, out),
        ]
    early, late = (stride, "1") if spec.stride_in == "1x1" else ("1", stride)
    middle = traits.conv(3, first, width, stride=late, groups=str(spec.groups), dilation=before)
    return [
        (traits.conv(1, "in_channels", first, stride=early), "in_channels", first),
        (middle, first, width),
        (traits.conv(1, width, out), width, out),
    ]


def _branch(traits: Traits) -> Lines:
    lines = []
    for number, (conv, channels, out) in enumerate(_convs(traits), 1):
        made = f"        self.conv{number} = {conv}"
        norm = f"        self.bn{number} = {traits.norm(channels if traits.spec.preact else out)}"
        # A filter stands where it is used: after the activation that follows the convolution it strides for.
        between = _filter(traits) if number == _filter_number(traits) + traits.spec.preact else []
        lines += [norm, *between, made] if traits.spec.preact else [made, norm, *between]
    return lines


def _filter(traits: Traits) -> Lines:
    if not traits.filtered:
        return []
    why = "        # Anti-aliasing: this strides, and not the convolution before it."
    if traits.spec.antialias == "avgpool":
        return [why, "        self.aa = nn.AvgPool2d(stride, ceil_mode=True, count_include_pad=False)"]
    tests = ["stride > 1"] if traits.strided else []
    tests += ["first_dilation != dilation"] if traits.two_dilations else []
    stride = "stride" if traits.strided else "1"
    return [why, f"        self.aa = BlurPool({stride}) if {' or '.join(tests)} else nn.Identity()"]


def _attention(traits: Traits) -> Lines:
    names = {"se": "SqueezeExcite", "eca": "EfficientChannelAttention"}
    name = names.get(traits.spec.attention)
    return [f"        self.se = {name}({traits.out})"] if name else []


# --- the shortcut -------------------------------------------------------------------------------------------


def _shortcut(traits: Traits) -> Lines:
    """`self.downsample`: always there, there where the shape changes, or not at all."""
    if traits.mixed:
        return _mixed(traits)
    if not traits.kinds & {"projection", "zero-pad"}:
        return []
    if "identity" not in traits.kinds:
        return [*_why(traits, 2), *_downsample(traits, 2)]
    changes = f"in_channels != {traits.out}"
    if traits.strided:
        changes = f"stride != 1 or {changes}"
    if traits.spec.preact:
        start = [*_why(traits, 2), "        self.downsample = None", f"        if {changes}:"]
        return [*start, *_downsample(traits, 3)]
    otherwise = ["        else:", "            self.downsample = nn.Identity()"]
    return [*_why(traits, 2), f"        if {changes}:", *_downsample(traits, 3), *otherwise]


def _mixed(traits: Traits) -> Lines:
    """Each stage has an option of its own."""
    tests = ["stride != 1"] * traits.strided + [f"in_channels != {traits.out}"]
    lines = [
        "        # A pads with zeros where the shape changes, B projects there, C everywhere;",
        "        # none is a plain stage (He 2015, section 4.1).",
        '        self.has_shortcut = shortcut != "none"',
        "        self.downsample = None",
    ]
    changes = " or ".join(tests)
    if "zero-pad" in traits.kinds:
        lines += [f'        if shortcut == "A" and ({changes}):', *_downsample(traits, 3, padded=True)]
    if "projection" in traits.kinds:
        test = f'shortcut == "C" or (shortcut == "B" and ({changes}))'
        lines += [f"        if {test}:", *_downsample(traits, 3)]
    return lines


def _why(traits: Traits, depth: int) -> Lines:
    spec, margin = traits.spec, "    " * depth
    if spec.shortcut == "A":
        return [f"{margin}# Option A: where the shape changes, the shortcut is padded with zero channels."]
    how = {
        "1x1": "a 1x1 convolution projects the input",
        "3x3": "a 3x3 convolution projects the input",
        "avgpool": "average and project the input (He, T. 2019, fig. 2c)",
    }[spec.projection]
    if spec.shortcut == "C":
        return [f"{margin}# Option C: in every block, {how}."]
    return [f"{margin}# Option B: where the shape changes, {how}."]


def _downsample(traits: Traits, depth: int, padded: bool = False) -> Lines:
    margin, stride = "    " * depth, "stride" if traits.strided else "1"
    if padded or traits.spec.shortcut == "A":
        arguments = ["in_channels", traits.out, *(["stride"] if traits.strided else [])]
        return call("self.downsample = ZeroPad", arguments, depth)
    norm = [] if traits.spec.preact else [traits.norm(traits.out)]
    if traits.spec.projection == "avgpool":
        before, pool = _pool(traits, margin)
        modules = [pool, traits.conv(1, "in_channels", traits.out), *norm]
        return [*before, *listed(modules, depth, "self.downsample")]
    if traits.spec.projection == "3x3" and (traits.strided or traits.dilated):
        return _wide_projection(traits, depth, norm)
    return listed([traits.conv(1, "in_channels", traits.out, stride=stride), *norm], depth, "self.downsample")


def _pool(traits: Traits, margin: str) -> tuple[Lines, str]:
    """What stands before an average-pooled projection, and the pool; at stride 1 it does nothing."""
    pool = "nn.AvgPool2d(stride, ceil_mode=True, count_include_pad=False)" if traits.strided else "nn.Identity()"
    if not traits.dilated:
        return [], pool
    lines = [
        f"{margin}pool = {pool}",
        f"{margin}if dilation > 1:",
        f"{margin}    pool = nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.AvgPool2d(2, stride=1))",
    ]
    return lines, "pool"


def _wide_projection(traits: Traits, depth: int, norm: list[str]) -> Lines:
    """SENet-154's 3x3; where nothing is strided or dilated a 1x1 is left."""
    margin = "    " * depth
    tests = ["stride != 1"] if traits.strided else []
    tests += ["dilation != 1"] if traits.dilated else []
    options = {"stride": "stride"} if traits.strided else {}
    options |= {"dilation": "first_dilation"} if traits.dilated else {}
    wide, narrow = traits.conv(3, "in_channels", traits.out, **options), traits.conv(1, "in_channels", traits.out)
    return [
        f"{margin}if {' or '.join(tests)}:",
        f"{margin}    projection = {wide}",
        f"{margin}else:",
        f"{margin}    projection = {narrow}",
        *listed(["projection", *norm], depth, "self.downsample"),
    ]


# --- forward ------------------------------------------------------------------------------------------------


def _forward(traits: Traits) -> Lines:
    head = ["    def forward(self, x: Tensor) -> Tensor:"]
    return head + (_forward_pre(traits) if traits.spec.preact else _forward_post(traits))


def _count(traits: Traits) -> int:
    return 2 if traits.spec.block == "basic" else 3


def _filter_number(traits: Traits) -> int:
    """The convolution that a filter strides for; -1 where there is none."""
    return next((plan.filtered for plan in traits.blocks if plan.filtered), -1)


def _after(traits: Traits) -> Lines:
    lines = ["        out = self.se(out)"] if traits.spec.attention != "none" else []
    if traits.spec.drop_path:
        lines.append("        out = drop_path(out, self.drop_path, self.training)")
    return lines


def _forward_post(traits: Traits) -> Lines:
    lines, last, at = [], _count(traits), "x"
    for number in range(1, last + 1):
        value = f"self.bn{number}(self.conv{number}({at}))"
        if number < last:
            value = f"{traits.act}({value})"
        if number == _filter_number(traits):
            value = f"self.aa({value})"
        lines.append(f"        out = {value}")
        at = "out"
    lines += _after(traits)
    total = "out"
    if traits.mixed:
        lines += [
            "        if self.has_shortcut:",
            "            out = out + (x if self.downsample is None else self.downsample(x))",
        ]
    elif traits.spec.residual:
        total = "out + self.downsample(x)" if traits.kinds != {"identity"} else "out + x"
    return [*lines, f"        return {traits.act}({total})"]


def _forward_pre(traits: Traits) -> Lines:
    lines = [f"        out = {traits.act}(self.bn1(x))", *_fork(traits), "        out = self.conv1(out)"]
    for number in range(2, _count(traits) + 1):
        value = f"{traits.act}(self.bn{number}(out))"
        if number == _filter_number(traits) + 1:
            value = f"self.aa({value})"
        lines.append(f"        out = self.conv{number}({value})")
    lines += _after(traits)
    if traits.mixed:
        return [*lines, "        return out + shortcut if self.has_shortcut else out"]
    return [*lines, "        return out + shortcut" if traits.spec.residual else "        return out"]


def _fork(traits: Traits) -> Lines:
    if not traits.spec.residual:
        return []
    if traits.kinds == {"identity"}:
        return ["        shortcut = x"]
    if "identity" not in traits.kinds and not traits.mixed:
        return ["        shortcut = self.downsample(out)"]
    return ["        shortcut = x if self.downsample is None else self.downsample(out)"]


# --- the stage ----------------------------------------------------------------------------------------------


def stage(traits: Traits) -> Lines:
    """The function that builds `layer1` and its like."""
    options = (["stride"] if traits.strided else []) + _dilations(traits)
    arguments = ["in_channels: int", "planes: int", "blocks: int", *(f"{name}: int = 1" for name in options)]
    arguments += ['shortcut: str = "B"'] * traits.mixed
    chosen = ["shortcut=shortcut"] * traits.mixed
    out = "planes" if traits.spec.factor == 1 else f"planes * {traits.block}.expansion"
    first = ["in_channels", "planes", *_first_options(traits), *chosen]
    rest = [out, "planes", *_later_options(traits), *chosen]
    return [
        *call("def stage", arguments, 0, " -> nn.Sequential:"),
        '    """Blocks of one resolution; only the first may change the shape."""',
        *_made(traits, first, 1, "    layers = [", "]"),
        "    for _ in range(blocks - 1):",
        *_made(traits, rest, 2, "        layers.append(", ")"),
        "    return nn.Sequential(*layers)",
    ]


def _made(traits: Traits, arguments: Lines, depth: int, before: str, after: str) -> Lines:
    """A block where it is used; on lines of its own where that is too long for one."""
    line = f"{before}{traits.block}({', '.join(arguments)}){after}"
    if len(line) <= WIDTH:
        return [line]
    return [*call(f"block = {traits.block}", arguments, depth), f"{before}block{after}"]


def _dilations(traits: Traits) -> list[str]:
    """A stage's dilations; its first block's is another one only where the stage before is dilated as well."""
    late = any(plan.first_dilation > 1 for plan in traits.stages)
    return ["first_dilation"] * late + ["dilation"] * traits.dilated


def _first_options(traits: Traits) -> list[str]:
    stride, dilations = ["stride"] * traits.strided, _dilations(traits)
    if not traits.dilated:
        return stride
    if traits.two_dilations:
        return [*stride, dilations[0] if len(dilations) == 2 else "1", "dilation"]
    return stride + dilations[:-1]


def _later_options(traits: Traits) -> list[str]:
    if not traits.dilated:
        return []
    return ["1"] * traits.strided + ["dilation"] * (2 if traits.two_dilations else 1)
