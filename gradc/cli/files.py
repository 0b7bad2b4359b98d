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


def _refuse_foreign(path: Path) -> None:
    if not path.exists():
        return
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    if not is_generated(text):
        raise fail(
            "G020",
            f"'{path}' exists and was not written by gradc",
            suggestion="choose another folder with -o, or overwrite it with --force",
        )
