"""How others name the weights of a ResNet, and what those names are here.

Our own names are torchvision's, and timm's for what torchvision does not have. The facts about other programs' names
are from their public sources, named at each dialect.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

Rename = Callable[[re.Match[str]], str]

#: What wrappers put before every name: DataParallel, Lightning, torch.compile, an encoder in a larger model.
#: Any word may be one, unless a ResNet's own names begin with it.
_OWN = re.compile(r"\d+|conv\d*|bn\d*|layer\d+|stages?\d*|block\d+|features|embedder|stem|conv\d_x|conv|fc|linear|norm")
#: Share of the names that must begin alike for the beginning to be dropped: a head may lie outside.
_SHARE = 0.8
_MOST_PREFIXES = 8

#: What training leaves in a file besides the network; it is named, and left alone.
_TRAINING_ONLY = re.compile(
    r"(\w*(criterion|loss|metric|queue|accuracy|projector|projection_head)\w*|normali[sz]\w*|mean|std|pixel_mean|pixel_std"
    r"|n_averaged|train_acc|val_acc|test_acc|teacher|momentum_encoder|encoder_k|attacker|sub_block1|\d\.(mu|sigma|mean|std))"
    r"(\.|$).*"
)
_HEADS = re.compile(
    r"(linear|classifier|head|head\.fc|fc\.[01]|head\.[01]|classifier\.[01]|last_linear|output|logits)\.(weight|bias)"
)


class Rule(NamedTuple):
    """Names that begin like `pattern` begin like `becomes` here."""

    pattern: re.Pattern[str]
    becomes: str | Rename


class Dialect(NamedTuple):
    """One way to name things. `sign`: a name that only this one has."""

    name: str
    sign: re.Pattern[str]
    rules: tuple[Rule, ...]

    def rename(self, key: str) -> str:
        """Our name of a tensor."""
        for pattern, becomes in self.rules:
            key = pattern.sub(becomes, key, count=1)
        head = _HEADS.fullmatch(key)
        return f"fc.{head[2]}" if head else key


class Translation(NamedTuple):
    """`names`: their key -> our key, in the file's order; `foreign`: keys that are no part of a network."""

    dialect: str
    names: dict[str, str]
    foreign: tuple[str, ...]


# --- the dialects -------------------------------------------------------------------------------------------


def _rules(*pairs: tuple[str, str | Rename]) -> tuple[Rule, ...]:
    return tuple(Rule(re.compile(pattern), becomes) for pattern, becomes in pairs)


def _counted(template: str, *shifts: int) -> Rename:
    """A name with the numbers that were found, each shifted: stages counted from 0 become `layer1` and on."""

    def becomes(match: re.Match[str]) -> str:
        numbers = match.groups()
        return template.format(*(int(number) + shift for number, shift in zip(numbers, shifts, strict=True)))

    return becomes


_N = r"(\d{1,4})"
TORCHVISION, TIMM = "torchvision", "timm"
AKAMASTER, KUANGLIU = "akamaster/pytorch_resnet_cifar10", "kuangliu/pytorch-cifar"
WEIAICUNZAI, HYSTS = "weiaicunzai/pytorch-cifar100", "hysts/pytorch_image_classification"
XTERNALZ, OSMR = "xternalz/WideResNet-pytorch", "osmr/pytorchcv"
TIMM_V2, TRANSFORMERS, SEQUENTIAL = "timm resnetv2", "transformers", "torchvision in a Sequential"

_TORCHVISION = Dialect(TORCHVISION, re.compile(r"conv1(\.0)?\.weight"), ())
DIALECTS: tuple[Dialect, ...] = (
    Dialect(  # transformers/models/resnet/modeling_resnet.py
        TRANSFORMERS,
        re.compile(r"embedder\.embedder\.convolution\.weight"),
        _rules(
            (r"^embedder\.embedder\.convolution\.", "conv1."),
            (r"^embedder\.embedder\.normalization\.", "bn1."),
            (rf"^encoder\.stages\.{_N}\.layers\.{_N}\.", _counted("layer{}.{}.", 1, 0)),
            (rf"(?<=\.)layer\.{_N}\.convolution\.", _counted("conv{}.", 1)),
            (rf"(?<=\.)layer\.{_N}\.normalization\.", _counted("bn{}.", 1)),
            (r"(?<=\.)shortcut\.convolution\.", "downsample.0."),
            (r"(?<=\.)shortcut\.normalization\.", "downsample.1."),
        ),
    ),
    Dialect(  # timm/models/resnetv2.py
        TIMM_V2,
        re.compile(r"stages\.0\.blocks\.0\.(norm|conv)1\.weight"),
        _rules(
            (r"^stem\.conv\.", "conv1."),
            (r"^stem\.conv([123])\.", lambda match: f"conv1.{3 * int(match[1]) - 3}."),
            (r"^stem\.norm([12])\.", lambda match: f"conv1.{3 * int(match[1]) - 2}."),
            (r"^stem\.norm3?\.", "bn1."),
            (rf"^stages\.{_N}\.blocks\.{_N}\.", _counted("layer{}.{}.", 1, 0)),
            (r"(?<=\.)norm(\d)\.", r"bn\1."),
            (r"(?<=\.)downsample\.conv\.", "downsample.0."),
            (r"(?<=\.)downsample\.norm\.", "downsample.1."),
            (r"^norm\.", "bn."),
        ),
    ),
    Dialect(  # weiaicunzai/pytorch-cifar100, models/resnet.py: conv2_x is the first stage
        WEIAICUNZAI,
        re.compile(r"conv2_x\.0\.residual_function\.0\.weight"),
        _rules(
            (r"^conv1\.0\.", "conv1."),
            (r"^conv1\.1\.", "bn1."),
            (rf"^conv{_N}_x\.", _counted("layer{}.", -1)),
            (
                rf"(?<=\.)residual_function\.{_N}\.",
                lambda match: f"{('conv', 'bn', 'relu')[int(match[1]) % 3]}{int(match[1]) // 3 + 1}.",
            ),
            (r"(?<=\.)shortcut\.", "downsample."),
        ),
    ),
    Dialect(  # xternalz/WideResNet-pytorch, wideresnet.py; the last norm is bn1
        XTERNALZ,
        re.compile(r"block1\.layer\.0\.conv1\.weight"),
        _rules(
            (r"^bn1\.", "bn."),
            (rf"^block{_N}\.layer\.", _counted("layer{}.", 0)),
            (r"(?<=\.)convShortcut\.", "downsample.0."),
        ),
    ),
    Dialect(  # osmr/imgclsmob, pytorch/pytorchcv/models: resnet.py, resnet_cifar.py, preresnet.py
        OSMR,
        re.compile(r"features\.stage1\.unit1\.body\.conv1\.conv\.weight"),
        _rules(
            (r"^features\.init_block\.(?:conv\.){0,2}(?=weight)", "conv1."),
            (r"^features\.init_block\.(?:conv\.)?bn\.", "bn1."),
            (r"^features\.post_activ\.bn\.", "bn."),
            (rf"^features\.stage{_N}\.unit{_N}\.", _counted("layer{}.{}.", 0, -1)),
            (r"(?<=\.)body\.conv(\d)\.conv\.", r"conv\1."),
            (r"(?<=\.)body\.conv(\d)\.bn\.", r"bn\1."),
            (r"(?<=\.)identity_conv\.(?:conv\.)?(?=weight)", "downsample.0."),
            (r"(?<=\.)identity_conv\.bn\.", "downsample.1."),
        ),
    ),
    Dialect(  # hysts/pytorch_image_classification, models/cifar/resnet.py
        HYSTS,
        re.compile(r"stage1\.block1\.conv1\.weight"),
        _rules(
            (r"^conv\.", "conv1."),
            (r"^bn\.", "bn1."),
            (rf"^stage{_N}\.block{_N}\.", _counted("layer{}.{}.", 0, -1)),
            (r"(?<=\.)shortcut\.conv\.", "downsample.0."),
            (r"(?<=\.)shortcut\.bn\.", "downsample.1."),
        ),
    ),
    Dialect(  # nn.Sequential(*resnet.children()), in many notebooks
        SEQUENTIAL,
        re.compile(r"4\.0\.conv1\.weight"),
        _rules(
            (r"^0\.", "conv1."),
            (r"^1\.", "bn1."),
            (r"^([4-7])\.", _counted("layer{}.", -3)),
            (r"^(?:9|10)\.(?=(?:weight|bias)$)", "fc."),
        ),
    ),
    Dialect(  # kuangliu/pytorch-cifar, models/resnet.py and preact_resnet.py
        KUANGLIU,
        re.compile(rf"layer{_N}\.{_N}\.shortcut\.0\.weight"),
        _rules((r"(?<=\.)shortcut\.", "downsample.")),
    ),
    _TORCHVISION,
)
_TIMM_ONLY = re.compile(r"conv1\.\d\..*|maxpool\..*|layer\d+\.\d+\.se\..*|.*\.downsample\.2\.weight")


# --- translating --------------------------------------------------------------------------------------------


def translate(keys: Iterable[str]) -> Translation:
    """Our names for the names in a file; names that no rule knows stay as they are."""
    bare = without_prefixes(list(keys))
    foreign = tuple(key for key, rest in bare.items() if _TRAINING_ONLY.fullmatch(rest))
    used = {key: rest for key, rest in bare.items() if not _TRAINING_ONLY.fullmatch(rest)}
    dialect = next((known for known in DIALECTS if any(map(known.sign.fullmatch, used.values()))), _TORCHVISION)
    names = {key: dialect.rename(rest) for key, rest in used.items()}
    return Translation(_exact_name(dialect, names), names, foreign)


def _exact_name(dialect: Dialect, names: Mapping[str, str]) -> str:
    """timm's `resnet.py` says the same as torchvision, and more; akamaster's files show in the head alone."""
    if dialect is not _TORCHVISION:
        return dialect.name
    if any(ours == "fc.weight" and key.endswith("linear.weight") for key, ours in names.items()):
        return AKAMASTER
    return TIMM if any(map(_TIMM_ONLY.fullmatch, names.values())) else TORCHVISION


def without_prefixes(keys: list[str]) -> dict[str, str]:
    """Key -> the key without what wrappers put before (nearly) all of them, such as `module.model.`."""
    bare = {key: key for key in keys}
    for _ in range(_MOST_PREFIXES):
        network = [rest for rest in bare.values() if not _TRAINING_ONLY.fullmatch(rest)]
        firsts = Counter(rest.partition(".")[0] for rest in network if "." in rest)
        first, count = max(firsts.items(), key=lambda item: item[1], default=("", 0))
        if not count or count < _SHARE * len(network) or _is_own(first, network):
            break
        bare = {key: rest.removeprefix(f"{first}.") for key, rest in bare.items()}
    return bare


def _is_own(first: str, names: list[str]) -> bool:
    """Whether a ResNet's own names may begin so; `encoder` is a wrapper's word, and transformers' own.

    A number is a stage in a Sequential, or the network in a Sequential after its normalisation.
    """
    if first == "encoder":
        return any(name.startswith("embedder.") for name in names)
    if first.isdigit():
        rests = [name.removeprefix(f"{first}.") for name in names]
        return not any(known.sign.fullmatch(rest) for known in DIALECTS for rest in rests)
    return bool(_OWN.fullmatch(first))
