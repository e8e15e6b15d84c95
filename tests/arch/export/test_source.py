"""The generated file as text: what it holds, what it leaves out, and that a linter has nothing to say of it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings

from resviz.arch.export.source import source
from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from tests.strategies import specs

#: Beside the presets: what none of them has.
ODD = (
    "basic:1",
    "basic:2,2,2,width=16,order=pre,shortcut=A,stem=cifar,antialias=blur",
    "basic:2,2,2,2,output_stride=8,antialias=blur",
    "basic:2,2,2,2,output_stride=16,shortcut=C,projection=3x3",
    "bottleneck:1,1,1,1,output_stride=4,projection=avgpool,antialias=avgpool",
    "bottleneck:3,4,6,3,output_stride=16,groups=32,group_width=4,order=pre",
    "bottleneck:2,2,2,2,width=24,group_width=40,groups=3,expansion=2,reduce_first=3",
    "bottleneck:2,2,2,2,2,2,2,2,width=4,dropout=0.5,drop_path=0.25,zero_init=true,activation=hardswish",
    "bottleneck:200,200,200,shortcut=none,stem=deep_tiered,stem_pool=conv,attention=eca,norm=group,norm_groups=8",
)


def all_sources() -> dict[str, str]:
    named = {name: preset.spec for name, preset in PRESETS.items()} | {text: parse(text) for text in ODD}
    return {re.sub(r"\W", "_", name): source(spec) for name, spec in named.items()}


def test_a_linter_and_a_formatter_have_nothing_to_say(tmp_path: Path) -> None:
    for name, text in all_sources().items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    for command in (["check", "--select", "E,F,W,I,B,UP,SIM,PERF,N8"], ["format", "--check", "--line-length", "100"]):
        options = ["--isolated", "--target-version", "py311", "--no-cache"]
        if command[0] == "check":
            # F is what everybody calls torch.nn.functional; a list grown in a loop is what a student reads best.
            options += ["--line-length", "100", "--ignore", "N812,PERF401"]
        else:
            options.remove("--no-cache")
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *options, str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[:3000] + done.stderr[:3000]


@settings(max_examples=60, deadline=None)
@given(specs())
def test_any_spec_gives_a_file_without_unused_names(spec: ResNetSpec) -> None:
    text = source(spec)
    tree = ast.parse(text)
    assert max(map(len, text.splitlines())) <= 100
    defined = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    for name in defined:
        assert len(re.findall(rf"\b{name}\b", text)) > 1, f"{name} is never used"
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        for argument in function.args.args:
            assert argument.arg in read, f"{function.name} makes no use of {argument.arg}"


def test_it_imports_torch_and_nothing_else() -> None:
    for text in all_sources().values():
        for node in ast.walk(ast.parse(text)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert all(name.split(".")[0] in ("torch", "math") for name in names)


def test_a_plain_resnet_holds_no_dead_options() -> None:
    text = source(PRESETS["resnet50"].spec)
    for word in ("Squeeze", "dilation", "groups", "aa", "Blur", "ZeroPad", "drop", "width", "math"):
        assert not re.search(rf"\b{word}", text.split('"""', 2)[2]), word
    assert "def resnet50(" in text
    assert "50 = 1 + (3+4+6+3)×3 + 1 weighted layers, 25,557,032 parameters" in text


def test_it_says_which_weights_it_takes() -> None:
    plain, squeezed = (" ".join(source(PRESETS[name].spec).split()) for name in ("resnext50_32x4d", "seresnet50"))
    assert "its weights load as they are" in plain
    assert "timm's where torchvision has none" in squeezed


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("resnet20-cifar", "self.downsample = ZeroPad(in_channels, planes, stride)"),
        ("resnet50,stride_in=1x1", "self.conv1 = conv1x1(in_channels, planes, stride)"),
        ("resnet50,output_stride=8", "stage(1024, 512, blocks=3, first_dilation=2, dilation=4)"),
        ("resnet50,order=pre", "self.bn = nn.BatchNorm2d(2048)"),
        ("resnet50,zero_init=true", "nn.init.zeros_(module.bn3.weight)"),
        ("wide_resnet50_2", "width = planes * 2"),
        ("resnet50,classes=7,channels=1", "num_classes: int = 7, in_channels: int = 1"),
    ],
)
def test_ideas_are_where_one_looks_for_them(text: str, written: str) -> None:
    assert written in source(parse(text))
