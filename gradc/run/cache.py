"""The user's cache directory: whole files only, safe against other processes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_LARGEST = 512 << 20
_ABANDONED_SECONDS = 86_400.0


def cache_folder(*parts: str) -> Path | None:
    """A folder below the user's cache, made if need be; ``None`` where it cannot be had.

    What is stored is machine code that will be loaded, so a folder that others own or
    may write into is not used.
    """
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        if not base.is_absolute():
            return None
        top = base / "gradc"
        folder = top.joinpath(*parts)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for place in (top, folder):
            state = place.stat()
            shared = state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            if state.st_uid != os.geteuid() or shared:
                return None
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):  # RuntimeError: there is no home
        return None


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder against other processes for as long as something is built."""
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fetch(path: Path) -> bool:
    """Whether a file is stored; marks it as used."""
    try:
        os.utime(path)
    except OSError:
        return False
    return True


def store(built: Path, path: Path) -> None:
    """Put a finished file in its place at once; who reads never sees half of it."""
    built.replace(path)


def prune(folder: Path, pattern: str, largest: int = _LARGEST) -> None:
    """Remove the files longest unused until the rest is small enough.

    Folders of builds that were killed a day ago go too.
    """
    for path in folder.glob("build-*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - _ABANDONED_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
    files = []
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            state = path.stat()
            files.append((state.st_mtime_ns, state.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= largest:
            return
        with contextlib.suppress(OSError):
            path.unlink()
        total -= size
