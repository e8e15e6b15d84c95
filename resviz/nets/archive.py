"""Files in a folder, a tar (gz, bz2, xz) or a zip, read one after another; none is ever unpacked to disk."""

from __future__ import annotations

import os
import tarfile
import zipfile
import zlib
from collections.abc import Container, Iterator
from lzma import LZMAError
from pathlib import Path
from typing import IO, Protocol

from resviz.errors import DataError
from resviz.files import exists, reason, shown

MEMBER_LIMIT = 256 * 2**20
"""Bytes one file may take; beyond it the file is not read (it may be a bomb)."""
_BROKEN = (OSError, tarfile.TarError, zipfile.BadZipFile, EOFError, LZMAError, zlib.error)


class Source(Protocol):
    """Where files come from."""

    path: Path

    def names(self) -> list[str]:
        """Relative names of all regular files, `/` between their parts."""
        ...

    def read(self, wanted: Container[str]) -> Iterator[tuple[str, bytes | None]]:
        """Name and content of the files in `wanted`, as they lie there; None for one that cannot be read."""
        ...


def open_source(path: Path) -> Source:
    """The source for `path`. It and this raise DataError: nothing there, empty, damaged, of no known kind."""
    name = shown(path)
    if not exists(path):
        raise DataError("data_missing", path=name)
    if path.is_dir():
        return _Guarded(_Folder(path))
    if not path.is_file():
        raise DataError("file_irregular", name=name)
    if path.stat().st_size == 0:
        raise DataError("file_empty", name=name)
    try:
        if zipfile.is_zipfile(path):
            return _Guarded(_Zip(path))
        if tarfile.is_tarfile(path):
            return _Guarded(_Tar(path))
    except _BROKEN as error:
        raise DataError("file_unreadable", name=name, reason=reason(error)) from error
    raise DataError("data_kind", path=name)


class _Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        found: list[str] = []
        for root, folders, files in os.walk(self.path):
            folders.sort()
            here = Path(root).relative_to(self.path)
            found += [(here / name).as_posix() for name in sorted(files)]
        return found

    def read(self, wanted: Container[str]) -> Iterator[tuple[str, bytes | None]]:
        for name in self.names():
            if name in wanted:
                yield name, self._content(self.path / name)

    def _content(self, file: Path) -> bytes | None:
        try:
            return file.read_bytes() if file.is_file() and file.stat().st_size <= MEMBER_LIMIT else None
        except OSError:
            return None


class _Tar:
    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        # Links are left out: following one is the trick that makes an archive read a file of its own choice.
        with tarfile.open(self.path, "r:*") as archive:
            return [member.name for member in archive if member.isreg()]

    def read(self, wanted: Container[str]) -> Iterator[tuple[str, bytes | None]]:
        with tarfile.open(self.path, "r:*") as archive:
            for member in archive:
                if member.isreg() and member.name in wanted:
                    yield member.name, _content(archive.extractfile(member), member.size)


class _Zip:
    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        with zipfile.ZipFile(self.path) as archive:
            return [info.filename for info in archive.infolist() if not info.is_dir()]

    def read(self, wanted: Container[str]) -> Iterator[tuple[str, bytes | None]]:
        with zipfile.ZipFile(self.path) as archive:
            for info in archive.infolist():
                if info.filename in wanted:
                    yield info.filename, self._member(archive, info)

    def _member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | None:
        try:
            with archive.open(info) as stream:
                return _content(stream, info.file_size)
        except (
            *_BROKEN,
            RuntimeError,
            NotImplementedError,
        ):  # encrypted, or packed in a way Python cannot unpack
            return None


def _content(stream: IO[bytes] | None, size: int) -> bytes | None:
    return stream.read(size) if stream is not None and size <= MEMBER_LIMIT else None


class _Guarded:
    """A source whose low-level failures are told as DataErrors."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.path = source.path

    def names(self) -> list[str]:
        try:
            return self.source.names()
        except _BROKEN as error:
            raise self._told(error) from error

    def read(self, wanted: Container[str]) -> Iterator[tuple[str, bytes | None]]:
        try:
            yield from self.source.read(wanted)
        except _BROKEN as error:
            raise self._told(error) from error

    def _told(self, error: Exception) -> DataError:
        return DataError("file_unreadable", name=shown(self.path), reason=reason(error))
