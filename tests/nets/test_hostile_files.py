"""Files that are broken or lie: each is an error of one line, nothing is executed, nothing grows."""

from __future__ import annotations

import argparse
import fractions
import io
import json
import pickle
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from resviz.errors import CheckpointError
from resviz.nets.checkpoints import load_model, read_checkpoint
from resviz.nets.model import build_model
from tests.nets import hostile
from tests.nets.small import SPEC

State = dict[str, Any]


def weights() -> State:
    return build_model(SPEC, seed=3).state_dict()


def refusal(path: Path) -> CheckpointError:
    """The error of a file, which must be one short line."""
    with pytest.raises(CheckpointError) as caught:
        read_checkpoint(path)
    text = str(caught.value)
    assert text.isprintable()
    assert len(text) <= 500
    return caught.value


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def saved(path: Path, content: Any, **options: Any) -> Path:
    torch.save(content, path, **options)
    return path


# --- claims that are not true -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", hostile.PROGRAMS)
@pytest.mark.parametrize("form", [hostile.zipped, hostile.legacy, bytes])
def test_programs_that_claim_what_is_not_there(tmp_path: Path, name: str, form: Callable[[bytes], bytes]) -> None:
    error = refusal(written(tmp_path / "a.pth", form(hostile.PROGRAMS[name]) or b"\0"))
    assert error.code in ("checkpoint_damaged", "checkpoint_no_state", "checkpoint_tensor", "checkpoint_lacks")


@pytest.mark.parametrize("name", hostile.HEADERS)
def test_headers_that_claim_what_is_not_there(tmp_path: Path, name: str) -> None:
    error = refusal(written(tmp_path / "a.safetensors", hostile.HEADERS[name]))
    assert error.code in ("checkpoint_damaged", "checkpoint_no_state", "checkpoint_lacks", "checkpoint_foreign")


@pytest.mark.parametrize("name", hostile.CALLS)
@pytest.mark.parametrize("form", [hostile.zipped, hostile.legacy, bytes])
def test_what_a_file_wants_to_call_is_named_and_not_called(
    tmp_path: Path, name: str, form: Callable[[bytes], bytes]
) -> None:
    target = tmp_path / "owned"
    error = refusal(written(tmp_path / "a.pt", form(hostile.program(hostile.CALLS[name](str(target))))))
    assert error.code == "checkpoint_unsafe"
    assert not target.exists()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_of_any_protocol_is_not_run(tmp_path: Path, protocol: int) -> None:
    target = tmp_path / "owned"
    data = pickle.dumps(hostile.CALLS["os.system"](str(target)), protocol)
    assert refusal(written(tmp_path / "a.th", data)).code == "checkpoint_unsafe"
    assert not target.exists()


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(2, 2)


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("content", [nn.Linear(2, 2), nn.Sequential(nn.Conv2d(1, 1, 1)), Net(), {"model": Net()}])
def test_a_whole_model_is_told_how_to_be_saved(tmp_path: Path, content: Any, zipped: bool) -> None:
    error = refusal(saved(tmp_path / "model.pth", content, _use_new_zipfile_serialization=zipped))
    assert error.code == "checkpoint_module"
    assert "state_dict()" in str(error)


def test_torchscript_is_told_how_to_be_saved(tmp_path: Path) -> None:
    code = "def forward(self, x): return x"
    members = {"a/code/__torch__.py": code.encode(), "a/constants.pkl": b"", "a/data.pkl": b"", "a/version": b"3\n"}
    assert refusal(written(tmp_path / "scripted.pt", archive(members))).code == "checkpoint_module"


def test_objects_of_programs_are_refused_by_name(tmp_path: Path) -> None:
    content = {"state_dict": weights(), "ratio": fractions.Fraction(1, 3)}
    error = refusal(saved(tmp_path / "a.pth", content))
    assert error.code == "checkpoint_unsafe"
    assert "fractions.Fraction" in str(error)
    assert refusal(saved(tmp_path / "a.pth", {"w": np.zeros(3)})).code == "checkpoint_unsafe"


@pytest.mark.parametrize("zipped", [True, False])
def test_figures_of_numpy_beside_the_weights_do_no_harm(tmp_path: Path, zipped: bool) -> None:
    content = {"state_dict": weights(), "best_acc": np.float64(93.1), "seen": np.int64(4), "top": np.float32(1)}
    path = saved(tmp_path / "a.pth", content, _use_new_zipfile_serialization=zipped)
    assert read_checkpoint(path).reading.spec.blocks == SPEC.blocks


def test_the_arguments_of_a_training_script_do_no_harm(tmp_path: Path) -> None:
    """timm's and torchvision's scripts store them; what is in a Namespace is still only what may be in a file."""
    arguments = argparse.Namespace(lr=0.1, output=Path("out"), nested=argparse.Namespace(names=["a"]))
    path = saved(tmp_path / "a.pth.tar", {"epoch": 3, "args": arguments, "state_dict": weights()})
    assert read_checkpoint(path).reading.spec.blocks == SPEC.blocks
    hidden = argparse.Namespace(ratio=fractions.Fraction(1, 3))
    assert refusal(saved(tmp_path / "b.pth", {"args": hidden, "state_dict": weights()})).code == "checkpoint_unsafe"


# --- zip files ----------------------------------------------------------------------------------------------


def archive(members: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


PACKED = [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("kind", PACKED)
def test_packed_zips_are_not_unpacked(tmp_path: Path, kind: int) -> None:
    bomb = archive({"a/data.pkl": bytes(5_000_000)}, kind)
    assert len(bomb) < 10_000
    assert refusal(written(tmp_path / "bomb.pth", bomb)).code == "checkpoint_unsafe"


ARCHIVES: dict[str, dict[str, bytes]] = {
    "empty": {},
    "no program": {"a/version": b"3\n"},
    "names that lead outside": {"../../x/data.pkl": hostile.program({}), "../../x/version": b"3\n"},
    "an absolute name": {"/etc/x/data.pkl": hostile.program({}), "/etc/x/version": b"3\n"},
    "many members": {f"a/{number}": b"" for number in range(3000)},
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_other_zips_are_told(tmp_path: Path, name: str) -> None:
    before = set(tmp_path.parent.iterdir())
    error = refusal(written(tmp_path / "a.pth", archive(ARCHIVES[name])))
    assert error.code in ("checkpoint_damaged", "checkpoint_no_state")
    assert set(tmp_path.parent.iterdir()) == before


def test_a_program_longer_than_any_table_is_not_read(tmp_path: Path) -> None:
    long = b"\x80\x02" + b"(" * 9_000_000
    assert refusal(written(tmp_path / "a.pth", archive({"a/data.pkl": long}))).code == "checkpoint_damaged"


# --- broken files -------------------------------------------------------------------------------------------


def torch_file(zipped: bool) -> bytes:
    out = io.BytesIO()
    torch.save(weights(), out, _use_new_zipfile_serialization=zipped)
    return out.getvalue()


WHOLE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zip": (".pth", lambda: torch_file(True)),
    "legacy": (".pt", lambda: torch_file(False)),
    "safetensors": (".safetensors", lambda: safetensors.torch.save(weights())),
}


def lengths(whole: int) -> Iterator[int]:
    """All the first and last, and many between."""
    yield from range(1, 70)
    yield from range(70, whole - 70, whole // 60)
    yield from range(whole - 70, whole)


@pytest.mark.parametrize("form", WHOLE)
def test_files_cut_off_anywhere_are_damaged(tmp_path: Path, form: str) -> None:
    suffix, make = WHOLE[form]
    data, path = make(), tmp_path / f"cut{suffix}"
    for length in lengths(len(data)):
        path.write_bytes(data[:length])
        assert refusal(path).code == "checkpoint_damaged", length


@pytest.mark.parametrize("form", WHOLE)
def test_files_with_any_byte_changed_load_or_are_told(tmp_path: Path, form: str) -> None:
    suffix, make = WHOLE[form]
    data, path = make(), tmp_path / f"flipped{suffix}"
    chance = random.Random(4)
    told = 0
    for _ in range(150):
        flipped = bytearray(data)
        for _ in range(chance.choice((1, 1, 4))):
            flipped[int(len(data) * chance.random() ** 3)] = chance.randrange(256)
        path.write_bytes(flipped)
        try:
            opened = read_checkpoint(path)
            load_model(opened.reading.spec, path)
        except CheckpointError:
            told += 1
    assert told


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize(
    "content", [b"\0" * 5000, b"\xff" * 5000, b"a text\n" * 99, b"<html>404</html>", b"PK\x03\x04"]
)
def test_files_of_something_else_are_told(tmp_path: Path, suffix: str, content: bytes) -> None:
    assert refusal(written(tmp_path / f"a{suffix}", content)).code == "checkpoint_damaged"


def test_a_text_that_begins_like_a_pickle_is_no_attack(tmp_path: Path) -> None:
    text = b"content\nof a readme\nRun it with python.\n"
    assert refusal(written(tmp_path / "a.pth", text)).code == "checkpoint_damaged"


# --- tensors that are no weights ----------------------------------------------------------------------------

KINDS = [torch.int8, torch.uint8, torch.int32, torch.int64, torch.bool]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_whole_numbers_are_no_weights(tmp_path: Path, kind: torch.dtype, suffix: str) -> None:
    content = weights()
    content["layer1.0.conv2.weight"] = content["layer1.0.conv2.weight"].to(kind)
    path = tmp_path / f"a{suffix}"
    safetensors.torch.save_file(content, path) if suffix == ".safetensors" else torch.save(content, path)
    with pytest.raises(CheckpointError, match=r"holds layer1\.0\.conv2\.weight as (u?int|bool)") as caught:
        load_model(SPEC, path)
    assert caught.value.code == "checkpoint_dtype"


FLOATS = [torch.float64, torch.float16, torch.bfloat16, torch.float8_e4m3fn]


@pytest.mark.parametrize("kind", FLOATS)
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_numbers_of_any_precision_become_fp32(tmp_path: Path, kind: torch.dtype, suffix: str) -> None:
    content = {key: value.to(kind) if value.is_floating_point() else value for key, value in weights().items()}
    path = tmp_path / f"a{suffix}"
    safetensors.torch.save_file(content, path) if suffix == ".safetensors" else torch.save(content, path)
    model = load_model(SPEC, path)
    assert model.fc.weight.dtype is torch.float32
    assert torch.equal(model.fc.weight, content["fc.weight"].float())


def test_numbers_beyond_fp32_are_told(tmp_path: Path) -> None:
    content = {key: value.double() for key, value in weights().items()}
    content["fc.bias"][1] = 1e300
    with pytest.raises(CheckpointError) as caught:
        load_model(SPEC, saved(tmp_path / "a.pth", content))
    assert caught.value.code == "checkpoint_nan"


@pytest.mark.parametrize(
    "content", [{"state": {}, "param_groups": []}, {"optimizer": {"state": {}, "param_groups": []}}]
)
def test_an_optimizer_alone_is_told(tmp_path: Path, content: Any) -> None:
    assert refusal(saved(tmp_path / "a.pth", content)).code in ("checkpoint_optimizer", "checkpoint_no_state")


def test_tables_that_hold_themselves_are_read_once(tmp_path: Path) -> None:
    content: dict[str, Any] = {f"key{number}": {} for number in range(100)}
    for table in list(content.values()):
        table.update(content)
        table["state_dict"] = content
    assert refusal(saved(tmp_path / "a.pth", content)).code == "checkpoint_no_state"


# --- time and memory ----------------------------------------------------------------------------------------

_CHILD = """
import json, resource, sys
from pathlib import Path
from resviz.errors import CheckpointError
from resviz.nets.checkpoints import read_checkpoint
with open("/proc/self/statm") as file:
    now = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + (3 << 29),) * 2)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
codes = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        read_checkpoint(path)
    except CheckpointError as error:
        codes[path.name] = error.code
print(json.dumps([codes, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc and limits the address space")
def test_all_of_them_together_take_little_memory(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for number, steps in enumerate(hostile.PROGRAMS.values()):
        (folder / f"zip{number}.pth").write_bytes(hostile.zipped(steps))
        (folder / f"old{number}.pth").write_bytes(hostile.legacy(steps))
    for number, header in enumerate(hostile.HEADERS.values()):
        (folder / f"head{number}.safetensors").write_bytes(header)
    with (folder / "sparse.safetensors").open("wb") as file:  # 20 GB that take no room on the disk
        file.write((10 * 2**30).to_bytes(8, "little"))
        file.truncate(20 * 2**30)
    run = subprocess.run(
        [sys.executable, "-c", _CHILD, str(folder)], capture_output=True, text=True, timeout=300, check=True
    )
    codes, kilobytes = json.loads(run.stdout)
    assert codes.keys() == {path.name for path in folder.iterdir()}
    assert codes["sparse.safetensors"] == "checkpoint_damaged"
    assert kilobytes < 400_000
