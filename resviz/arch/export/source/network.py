"""The network's class, and the file around all of it."""

from __future__ import annotations

import re

from resviz.arch.analysis import formula
from resviz.arch.export.source import parts
from resviz.arch.export.source.block import block, stage
from resviz.arch.export.source.traits import Traits
from resviz.arch.export.source.writer import call, filled, listed, remarked
from resviz.arch.graph import network
from resviz.arch.notation import format_spec
from resviz.arch.plan import stem_plan
from resviz.arch.presets import preset_of, title_of
from resviz.arch.spec import DEFAULTS, FIELDS, ResNetSpec

Lines = list[str]


def source(spec: ResNetSpec) -> str:
    """A PyTorch file of its own for a spec: keys and outputs are those of the model ResViz builds."""
    traits = Traits(spec)
    # The convolutions come first in the file, but what options they need is known only at its end.
    below = [block(traits), stage(traits), _resnet(traits), _builder(traits)]
    above = [
        *parts.convolutions(traits),
        *parts.group_norm(traits),
        *parts.attention(traits),
        *parts.filters(traits),
        *parts.zero_pad(traits),
        *parts.drop_path(traits),
    ]
    head = [*_docstring(traits), "", *_imports(traits)]
    sections = ["\n".join(lines) for lines in (head, *above, *below, _main(traits))]
    return "\n\n\n".join(sections) + "\n"


# --- head ---------------------------------------------------------------------------------------------------


def _docstring(traits: Traits) -> Lines:
    spec, name = traits.spec, _name(traits.spec)
    params = sum(layer.params for layer in network(spec).layers)
    shape = f"(N, {spec.channels}, {spec.size}, {spec.size})"
    names = "torchvision's names, so its weights load as they are"
    if not _is_torchvisions(spec):
        names = f"torchvision's names{_TIMMS if _has_timms(spec) else ''}; weights are loaded so"
    return [
        *filled(f'"""{title_of(spec)}: {formula(spec)} weighted layers, {params:,} parameters.'),
        "",
        *filled(f"In: pictures {shape}. Out: logits (N, {spec.classes}). Layers have {names}:"),
        "",
        f"    net = {name}()",
        '    net.load_state_dict(torch.load("weights.pth", weights_only=True))',
        "",
        *_papers(spec),
        "",
        *filled(f"Written by ResViz from {format_spec(spec)}".replace(",", ", ")),
        '"""',
    ]


_TIMMS = ", and timm's where torchvision has none"


def _has_timms(spec: ResNetSpec) -> bool:
    """Whether a key is one that torchvision does not have."""
    pooled = spec.residual and spec.projection == "avgpool"
    return pooled or spec.stem.startswith("deep") or spec.pool == "conv" or spec.attention != "none"


def _is_torchvisions(spec: ResNetSpec) -> bool:
    """Whether torchvision's ResNet class can be this network."""
    free = ("block", "blocks", "groups", "group_width", "output_stride", "zero_init", "classes", "size", "channels")
    usual = all(getattr(spec, name) == DEFAULTS[name] for name in FIELDS if name not in free)
    return usual and len(spec.blocks) == 4


def _papers(spec: ResNetSpec) -> Lines:
    cited = [text for wanted, text in _cited(spec) if wanted]
    return ["Papers:", *(f"- {text}" for text in cited)]


def _cited(spec: ResNetSpec) -> tuple[tuple[bool, str], ...]:
    bag = spec.stem in ("deep", "deep_tiered") or (spec.residual and spec.projection == "avgpool")
    wide = spec.groups == 1 and spec.group_width > 64
    return (
        (True, "He 2015, Deep Residual Learning for Image Recognition, arXiv:1512.03385"),
        (spec.preact, "He 2016, Identity Mappings in Deep Residual Networks, arXiv:1603.05027"),
        (bool(spec.drop_path), "Huang 2016, Deep Networks with Stochastic Depth, arXiv:1603.09382"),
        (wide, "Zagoruyko 2016, Wide Residual Networks, arXiv:1605.07146"),
        (spec.groups > 1, "Xie 2017, Aggregated Residual Transformations, arXiv:1611.05431"),
        (spec.output_stride is not None, "Yu 2017, Dilated Residual Networks, arXiv:1705.09914"),
        (spec.zero_init, "Goyal 2017, Accurate, Large Minibatch SGD, arXiv:1706.02677"),
        (spec.attention == "se", "Hu 2018, Squeeze-and-Excitation Networks, arXiv:1709.01507"),
        (spec.norm == "group", "Wu 2018, Group Normalization, arXiv:1803.08494"),
        (bag, "He, T. 2019, Bag of Tricks for Image Classification, arXiv:1812.01187"),
        (
            spec.antialias == "blur",
            "Zhang 2019, Making Convolutional Networks Shift-Invariant Again, arXiv:1904.11486",
        ),
        (spec.attention == "eca", "Wang 2020, ECA-Net: Efficient Channel Attention, arXiv:1910.03151"),
        (spec.pool == "conv", "Bello 2021, Revisiting ResNets, arXiv:2103.07579"),
    )


def _imports(traits: Traits) -> Lines:
    lines = ["import math", ""] if traits.spec.attention == "eca" else []
    return [*lines, "import torch", "import torch.nn.functional as F", "from torch import Tensor, nn"]


def _name(spec: ResNetSpec) -> str:
    """The builder's name: the preset's, as an identifier."""
    preset = preset_of(spec)
    return re.sub(r"\W", "_", preset.name) if preset else "model"


# --- the class ----------------------------------------------------------------------------------------------


def _resnet(traits: Traits) -> Lines:
    spec = traits.spec
    return [
        "class ResNet(nn.Module):",
        f'    """{title_of(spec)}: a stem, {_stages_said(traits)} and a classifier."""',
        "",
        *call("def __init__", ["self", *_arguments(spec)], 1, " -> None:"),
        "        super().__init__()",
        *_stem(traits),
        "",
        *_stages(traits),
        "",
        *_head(traits),
        "",
        *_initialise(traits),
        "",
        *_forward(traits),
    ]


def _arguments(spec: ResNetSpec) -> list[str]:
    return [f"num_classes: int = {spec.classes}", f"in_channels: int = {spec.channels}"]


def _stages_said(traits: Traits) -> str:
    words = ("one", "two", "three", "four", "five", "six", "seven", "eight")
    count = len(traits.stages)
    return f"{words[count - 1]} stage{'s' if count > 1 else ''} of blocks"


def _stem(traits: Traits) -> Lines:
    spec, plan = traits.spec, stem_plan(traits.spec)
    out = spec.stem_out
    if spec.stem == "imagenet":
        arguments = ["in_channels", f"{out}", "kernel_size=7", "stride=2", "padding=3", "bias=False"]
        lines = ["        # The stem (He 2015, table 1: conv1).", *call("self.conv1 = nn.Conv2d", arguments, 2)]
    elif spec.stem == "cifar":
        without = "neither a stride nor a pool" if spec.pool == "none" else "no stride"
        lines = [
            f"        # The stem (He 2015, section 4.2): small pictures need {without}.",
            f"        self.conv1 = {traits.conv(3, 'in_channels', out)}",
        ]
    else:
        lines = ["        # The stem: three 3x3 convolutions instead of one 7x7 (He, T. 2019, fig. 2b)."]
        lines += listed(_deep(traits), 2, "self.conv1")
    if not spec.preact:
        lines.append(f"        self.bn1 = {traits.norm(out)}")
    return [*lines, *_pool(traits, plan.pool, plan.filtered)]


def _deep(traits: Traits) -> list[str]:
    modules, channels = [], "in_channels"
    convs = stem_plan(traits.spec).convs
    for conv in convs:
        modules.append(traits.conv(3, channels, conv.out, stride=str(conv.stride)))
        channels = str(conv.out)
        if conv is not convs[-1]:
            modules += [traits.norm(conv.out), traits.act_module]
    return modules


def _pool(traits: Traits, kind: str, filtered: bool) -> Lines:
    spec, stride = traits.spec, "1" if filtered else "2"
    blur = "BlurPool(stride=2)" if spec.antialias == "blur" else _average(traits)
    if kind == "none":
        return []
    if kind == "avgpool":
        return [f"        self.maxpool = {_average(traits)}"]
    if kind == "conv":
        conv = traits.conv(3, spec.stem_out, spec.stem_out, stride=stride)
        modules = [conv, *([blur] if filtered else []), traits.norm(spec.stem_out), traits.act_module]
        why = "        # A strided convolution; it keeps the name of the pool it replaces (Bello 2021)."
        return [why, *listed(modules, 2, "self.maxpool")]
    pool = f"nn.MaxPool2d(kernel_size=3, stride={stride}, padding=1)"
    return listed([pool, blur], 2, "self.maxpool") if filtered else [f"        self.maxpool = {pool}"]


def _average(traits: Traits) -> str:
    """The stem's average pool: an odd last line is left out, but a map of one pixel stays."""
    stem = (layer for layer in network(traits.spec).layers if layer.id.startswith("maxpool"))
    tiny = any(layer.op == "avgpool" and layer.in_shape[1] < 2 for layer in stem)
    return f"nn.AvgPool2d(2{', ceil_mode=True, count_include_pad=False' if tiny else ''})"


def _stages(traits: Traits) -> Lines:
    spec, channels = traits.spec, traits.spec.stem_out
    shapes = {layer.stage: layer.out_shape for layer in network(spec).layers if layer.on == "trunk"}
    lines = [f"        # The stages, with their output for pictures of {spec.size}x{spec.size}."]
    for number, (plan, count) in enumerate(zip(traits.stages, spec.blocks, strict=True)):
        options = {"stride": plan.stride, "first_dilation": plan.first_dilation, "dilation": plan.dilation}
        words = [f"{name}={value}" for name, value in options.items() if value > 1]
        words += [f'shortcut="{spec.shortcut_of(number)}"'] if traits.mixed and spec.shortcut_of(number) != "B" else []
        made = call(f"self.{plan.name} = stage", [str(channels), str(plan.planes), f"blocks={count}", *words], 2)
        paper = f"conv{number + 2}_x: " if spec.stem != "cifar" else ""
        lines += remarked(made, f"{paper}(N, {', '.join(map(str, shapes[plan.name]))})")
        channels = plan.out
    return lines


def _head(traits: Traits) -> Lines:
    spec, features = traits.spec, traits.stages[-1].out
    lines = []
    if spec.preact:
        lines += remarked([f"        self.bn = {traits.norm(features)}"], "the blocks end without one")
    lines.append("        self.avgpool = nn.AdaptiveAvgPool2d(1)")
    if spec.dropout:
        lines.append(f"        self.dropout = nn.Dropout({spec.dropout})")
    return [*lines, f"        self.fc = nn.Linear({features}, num_classes)"]


def _initialise(traits: Traits) -> Lines:
    spec = traits.spec
    lines = [
        "        # He 2015, Delving Deep into Rectifiers, arXiv:1502.01852, equation 15.",
        "        for module in self.modules():",
        "            if isinstance(module, nn.Conv2d):",
        '                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
    ]
    if spec.attention == "se":
        lines += ["                if module.bias is not None:", "                    nn.init.zeros_(module.bias)"]
    if spec.zero_init:
        lines += _zero_init(traits)
    return lines + (_drop_rates(traits) if spec.drop_path else [])


def _zero_init(traits: Traits) -> Lines:
    last = 2 if traits.spec.block == "basic" else 3
    name = f"conv{last}" if traits.spec.preact else f"bn{last}"
    return [
        "        # Every block starts as the identity (Goyal 2017, section 5.1).",
        "        for module in self.modules():",
        f"            if isinstance(module, {traits.block}){' and module.has_shortcut' * traits.mixed}:",
        f"                nn.init.zeros_(module.{name}.weight)",
    ]


def _drop_rates(traits: Traits) -> Lines:
    count = sum(traits.spec.blocks)
    return [
        "        # The deeper a block, the more often it is left out (Huang 2016, section 3).",
        f"        blocks = [module for module in self.modules() if isinstance(module, {traits.block})]",
        "        for number, block in enumerate(blocks):",
        *["            if block.has_shortcut:"] * traits.mixed,
        f"{'    ' * traits.mixed}            block.drop_path = {traits.spec.drop_path} * number / {max(count - 1, 1)}",
    ]


def _forward(traits: Traits) -> Lines:
    spec = traits.spec
    stem = "self.conv1(x)" if spec.preact else f"{traits.act}(self.bn1(self.conv1(x)))"
    lines = ["    def forward(self, x: Tensor) -> Tensor:", f"        x = {stem}"]
    if stem_plan(spec).pool != "none":
        lines.append("        x = self.maxpool(x)")
    lines += [f"        x = self.{plan.name}(x)" for plan in traits.stages]
    if spec.preact:
        lines.append(f"        x = {traits.act}(self.bn(x))")
    lines.append("        x = torch.flatten(self.avgpool(x), 1)")
    return [*lines, f"        return self.fc({'self.dropout(x)' if spec.dropout else 'x'})"]


# --- foot ---------------------------------------------------------------------------------------------------


def _builder(traits: Traits) -> Lines:
    spec = traits.spec
    return [
        *call(f"def {_name(spec)}", _arguments(spec), 0, " -> ResNet:"),
        f'    """{title_of(spec)} with random weights."""',
        "    return ResNet(num_classes, in_channels)",
    ]


def _main(traits: Traits) -> Lines:
    spec = traits.spec
    return [
        'if __name__ == "__main__":',
        f"    net = {_name(spec)}().eval()",
        f"    pictures = torch.randn(1, {spec.channels}, {spec.size}, {spec.size})",
        "    with torch.inference_mode():",
        '        print("output:", tuple(net(pictures).shape))',
        '    print(f"parameters: {sum(p.numel() for p in net.parameters()):,}")',
    ]
