"""Compile TMB templates as ``TMB::compile`` would, without its detour through R and make.

A template is compiled at -O0: TMB's own machinery dominates, and its values are the same
bit for bit. The first template of a machine is compiled in one piece (about 10 s). From
the second on it pays to have that machinery ready: the object ``libTMB.o``, linked to each
template, and the precompiled header (15 s once, then 1.5 s a template).
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from gradc.run.cache import cache_folder, fetch, locked, prune, store
from gradc.run.memory import in_words, resident_bytes
from gradc.run.program import ToolchainError
from gradc.run.remedy import COMPILER_PACKAGES, install_debian

_TICK = 0.05
_ERROR = re.compile(r"(?:fatal )?error: |undefined reference to ")
_PLACE = re.compile(r"(?:In file included from )?([A-Za-z_][\w.]*\.cpp:\d+(?::\d+)?)")
_WARM_SECONDS = 600.0
# One build at a time in a process: cc1plus takes half a GB for TMB's headers.
_BUILDING = threading.Lock()

# Every library registers through one constant symbol, so that one precompiled header
# serves them all; the symbol R looks for carries the library's name and calls it.
_ENTRY = """#include <R_ext/Rdynload.h>
extern "C" void R_init_gradc_tmb(DllInfo *);
extern "C" void R_unload_gradc_tmb(DllInfo *);
extern "C" void R_init_{name}(DllInfo *dll) {{ R_init_gradc_tmb(dll); }}
extern "C" void R_unload_{name}(DllInfo *dll) {{ R_unload_gradc_tmb(dll); }}
"""
_MACHINERY = """#undef TMB_LIB_INIT
#undef LIB_UNLOAD
#undef WITH_LIBTMB
#undef TMB_PRECOMPILE
#define TMB_PRECOMPILE 1
#include <TMB.hpp>
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a compilation may take."""

    timeout: float
    memory: int


@dataclass(frozen=True, slots=True)
class Toolkit:
    """A compiler with TMB's headers and flags, and where its products are kept."""

    compiler: tuple[str, ...]
    flags: tuple[str, ...]
    header: Path
    link: tuple[str, ...]
    folder: Path
    lasting: bool

    @property
    def machinery(self) -> Path:
        """The object with TMB's own code."""
        return self.folder / "libTMB.o"

    @property
    def precompiled(self) -> Path:
        """The precompiled header, found by g++ because its folder comes first."""
        return self.folder / "header" / "TMB.hpp.gch"

    def warm(self) -> bool:
        """Whether object and header are there."""
        return self.machinery.exists() and self.precompiled.exists()


_TOOLKITS: dict[str, Toolkit] = {}


def toolkit(found: Mapping[str, str]) -> Toolkit:
    """The toolkit that belongs to a running R with TMB.

    Raises: ToolchainError where the compiler is missing (G401) or does not start (G402).
    """
    identity = json.dumps([dict(found), os.environ.get("PATH"), os.environ.get("XDG_CACHE_HOME")])
    if identity not in _TOOLKITS:
        _TOOLKITS[identity] = _make_toolkit(found)
    return _TOOLKITS[identity]


def _make_toolkit(found: Mapping[str, str]) -> Toolkit:
    compiler = tuple(shlex.split(found["compiler"]) or ["g++"])
    version = compiler_version(compiler)
    includes = [found["r_include"], found["tmb_include"], found["eigen_include"]]
    defines = ["NDEBUG", "TMB_SAFEBOUNDS", "TMB_EIGEN_DISABLE_WARNINGS", "CPPAD_FRAMEWORK"]
    defines += ["TMB_LIB_INIT=R_init_gradc_tmb", "LIB_UNLOAD=R_unload_gradc_tmb"]
    flags = ["-O0", "-w", "-fdiagnostics-color=never", *shlex.split(found["pic"])]
    if "Free Software Foundation" in version:
        # Unique symbols are shared by all libraries of a process, whatever their names
        # mean in each, and they keep a library from being unloaded.
        flags.append("-fno-gnu-unique")
    flags += [f"-D{name}" for name in defines]
    flags += [f"-I{folder}" for folder in includes if folder]
    identity = json.dumps([dict(found), list(compiler), version, flags, _ENTRY, _MACHINERY])
    key = hashlib.sha256(identity.encode()).hexdigest()[:24]
    folder = cache_folder("tmb", key)
    lasting = folder is not None
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="gradc-tmb-cache-"))
        _forget_at_exit(folder)
    link = ("-L" + found["r_library"], "-lR")
    header = Path(found["tmb_include"], "TMB.hpp")
    return Toolkit(compiler, tuple(flags), header, link, folder, lasting)


def _forget_at_exit(folder: Path) -> None:
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)


def compiler_version(compiler: Sequence[str]) -> str:
    """What the compiler says of itself.

    Raises: ToolchainError where there is none (G401) or it does not start (G402).
    """
    remedy = install_debian(*COMPILER_PACKAGES)
    if shutil.which(compiler[0]) is None:
        raise ToolchainError("G401", f"the C++ compiler {compiler[0]} is missing", remedy)
    try:
        done = subprocess.run(
            [*compiler, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolchainError("G402", f"{compiler[0]} did not start: {error}", remedy) from error
    if done.returncode:
        raise ToolchainError("G402", f"{compiler[0]} did not start", remedy)
    return done.stdout


def compile_template(text: str, name: str, kit: Toolkit, limits: Limits) -> Path:
    """The shared library of a template, from the cache or compiled.

    Raises: ToolchainError with the compiler's first error (G403) or a limit (G405, G406).
    """
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    library = kit.folder / f"gradc_{digest}.so"
    if fetch(library):
        return library
    with _BUILDING:
        if fetch(library):
            return library
        # The second template of a machine is the sign that more will come.
        if not kit.warm() and any(kit.folder.glob("gradc_*.so")):
            with contextlib.suppress(ToolchainError, OSError):
                _warm(kit)
        try:
            with tempfile.TemporaryDirectory(dir=kit.folder, prefix="build-") as build:
                store(_build(text, name, library.stem, kit, Path(build), limits), library)
        except OSError as error:
            raise ToolchainError("G402", f"no template can be compiled: {error}") from error
    if kit.lasting:
        prune(kit.folder, "gradc_*.so")
    return library


def warm(kit: Toolkit) -> None:
    """Make object and precompiled header now, if they are not there.

    Raises: ToolchainError where they cannot be made.
    """
    with _BUILDING:
        _warm(kit)


def _warm(kit: Toolkit) -> None:
    with locked(kit.folder):
        if kit.warm():
            return
        limits = Limits(_WARM_SECONDS, 4 << 30)
        with tempfile.TemporaryDirectory(dir=kit.folder, prefix="build-") as name:
            build = Path(name)
            source = build / "libTMB.cpp"
            source.write_text(_MACHINERY, encoding="ascii")
            made = build / "libTMB.o", build / "TMB.hpp.gch"
            common = [*kit.compiler, *kit.flags]
            header = ["-DWITH_LIBTMB", "-x", "c++-header", str(kit.header)]
            commands = [
                [*common, "-c", str(source), "-o", str(made[0])],
                [*common, *header, "-o", str(made[1])],
            ]
            with ThreadPoolExecutor(len(commands)) as threads:
                list(threads.map(lambda command: compile_with(command, build, limits), commands))
            kit.precompiled.parent.mkdir(mode=0o700, exist_ok=True)
            store(made[1], kit.precompiled)
            store(made[0], kit.machinery)


def _build(text: str, name: str, library: str, kit: Toolkit, build: Path, limits: Limits) -> Path:
    """Compile and link one template inside a folder."""
    source, entry, result = build / f"{name}.cpp", build / "entry.cpp", build / f"{library}.so"
    source.write_text(text, encoding="utf-8", newline="\n")
    entry.write_text(_ENTRY.format(name=library), encoding="ascii")
    command = [*kit.compiler, "-shared"]
    if kit.warm():
        command += [f"-I{kit.precompiled.parent}", *kit.flags, "-DWITH_LIBTMB"]
        command += [source.name, entry.name, str(kit.machinery)]
    else:
        command += [*kit.flags, source.name, entry.name]
    compile_with([*command, "-o", result.name, *kit.link], build, limits)
    return result


def compile_with(command: Sequence[str], folder: Path, limits: Limits) -> None:
    """Run a compiler within limits.

    Raises: ToolchainError with its first error (G403), or the limit (G405, G406).
    """
    deadline = time.monotonic() + limits.timeout
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "en", "TMPDIR": str(folder)}
    with _started(command, folder, environment) as (process, log):
        while True:
            try:
                status = process.wait(_TICK)
                break
            except subprocess.TimeoutExpired:
                pass
            if time.monotonic() > deadline:
                raise ToolchainError(
                    "G405", f"the C++ compiler did not finish within {limits.timeout:g} s"
                )
            if resident_bytes(process.pid) > limits.memory:
                size = in_words(limits.memory)
                raise ToolchainError(
                    "G406", f"the C++ compiler went over the memory limit of {size}"
                )
        if status:
            raise CompileError(log.read_text(encoding="utf-8", errors="replace"))


class CompileError(ToolchainError):
    """The compiler said no; ``log`` is all that it said."""

    def __init__(self, log: str) -> None:
        super().__init__("G403", f"the C++ compiler rejected it: {first_error(log)}")
        self.args = (log,)
        self.log = log


def first_error(log: str) -> str:
    """The compiler's first error line, and the template's line where that is another."""
    lines = log.splitlines()
    errors = [number for number, line in enumerate(lines) if _ERROR.search(line)]
    if not errors:
        return " ".join(lines[-1].split())[:400] if lines else "it gave no reason"
    chosen = " ".join(lines[errors[0]].split())[:400]
    if chosen.startswith("/"):
        # In a header of TMB or Eigen; the lines before say who asked for it.
        places = [_PLACE.match(line) for line in lines[: errors[0]]]
        asked = [place.group(1) for place in places if place]
        if asked:
            return f"{asked[-1]}: {chosen}"
    return chosen


@contextlib.contextmanager
def _started(
    command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A process whose whole group is ended on the way out."""
    handle, name = tempfile.mkstemp(dir=folder, prefix="log-")
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=handle,
            start_new_session=True,
        )
    except OSError as error:
        remedy = install_debian(*COMPILER_PACKAGES)
        raise ToolchainError("G402", f"{command[0]} did not start: {error}", remedy) from error
    finally:
        os.close(handle)
    try:
        yield process, Path(name)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
