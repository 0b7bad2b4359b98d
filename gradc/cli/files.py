"""Writing emitted files: all of a command's files or none, and nobody else's overwritten."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from gradc.emit import is_generated
from gradc.errors import fail


def write_files(folder: Path, files: Mapping[str, str], *, force: bool) -> list[Path]:
    """Write texts into a folder, made when missing; the paths in order.

    Every text is written beside its place first and moved there when all are complete.
    Raises: GradcError (G020) where a file that gradc did not write is in the way,
    (G021) where the folder cannot be written.
    """
    paths = [folder / name for name in files]
    if not force:
        for path in paths:
            _refuse_foreign(path)
    written: list[tuple[str, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in zip(paths, files.values(), strict=True):
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=".gradc-")
            written.append((temporary, path))
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
        umask = os.umask(0)
        os.umask(umask)
        for temporary, path in written:
            Path(temporary).chmod(0o666 & ~umask)
            Path(temporary).replace(path)
    except OSError as error:
        raise fail("G021", f"cannot write into '{folder}': {error.strerror}") from None
    finally:
        for temporary, _ in written:
            Path(temporary).unlink(missing_ok=True)
    return paths


def remove_stale(folder: Path, files: Mapping[str, str]) -> None:
    """Remove what gradc wrote for an earlier R package in this folder and this one does not have.

    R takes every file of these folders for a part of the package.
    """
    for place in ("R", "src", "man", "tests/testthat"):
        for path in sorted((folder / place).glob("*.*")):
            if f"{place}/{path.name}" not in files and path.is_file() and _is_ours(path):
                path.unlink()


def _refuse_foreign(path: Path) -> None:
    if not path.exists():
        return
    if not _is_ours(path):
        raise fail(
            "G020",
            f"'{path}' exists and was not written by gradc",
            suggestion="choose another folder with -o, or overwrite it with --force",
        )


def _is_ours(path: Path) -> bool:
    try:
        return is_generated(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return False
