"""A toolchain's process as its parent sees it: start, ask, watch, end.

Requests and replies have pipes of their own; what the program prints goes to a third,
of which the last words are kept for the message when the process dies.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from gradc.run.memory import in_words, resident_bytes
from gradc.run.program import ToolchainError
from gradc.run.wire import LENGTHS, Message, decode, frame_length

START_SECONDS = 120.0
DEFAULT_MEMORY = 4 << 30
LABELS = {
    "bridge": "R",
    "numpy": "NumPy",
    "tf": "TensorFlow",
    "r": "R",
    "tmb": "TMB",
    "sympy": "SymPy",
    "python": "Python",
}

_TICK = 0.05
_LAST_WORDS = 2000
_CHUNK = 1 << 18
# The folder that holds gradc is on the path only while gradc is found: were it there for
# good, it would stand before the standard library.
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "import importlib; worker = importlib.import_module(sys.argv[2]); "
    "sys.path.remove(sys.argv[1]); worker.main(int(sys.argv[3]), int(sys.argv[4]))"
)
_DROPPED = ("PYTHONINSPECT", "PYTHONWARNINGS", "PYTHONSTARTUP", "PYTHONDEVMODE")
_SAFE = {
    "LC_ALL": "C.UTF-8",
    "LANGUAGE": "en",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONUTF8": "1",
}


@dataclass(slots=True)
class _Exchange:
    """One request on its way out and the reply on its way in."""

    request: memoryview
    reply: bytearray = field(default_factory=bytearray)

    def whole(self) -> bool:
        return len(self.reply) >= LENGTHS.size and len(self.reply) >= frame_length(self.reply)


class Child:
    """A running worker; any failure ends it, and its owner starts another."""

    def __init__(self, toolchain: str) -> None:
        self.toolchain = toolchain
        self.label = LABELS[toolchain]
        self.folder = Path(tempfile.mkdtemp(prefix=f"gradc-{toolchain}-"))
        self._noise = bytearray()
        request_read, self._request = os.pipe()
        self._reply, reply_write = os.pipe()
        self._output, output_write = os.pipe()
        command = [sys.executable, "-P", "-c", _BOOT, str(Path(__file__).parents[2])]
        command += [f"gradc.run.worker_{toolchain}", str(request_read), str(reply_write)]
        try:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=_environment(self.folder),
                stdin=subprocess.DEVNULL,
                stdout=output_write,
                stderr=output_write,
                pass_fds=(request_read, reply_write),
                start_new_session=True,
            )
        except OSError as error:
            self._release()
            raise ToolchainError("G402", f"{self.label} did not start: {error}") from error
        finally:
            # Were these left open here, a dead child would never be seen to hang up.
            for descriptor in (request_read, reply_write, output_write):
                os.close(descriptor)
        for descriptor in (self._request, self._reply, self._output):
            os.set_blocking(descriptor, False)

    def greeting(self, memory: int) -> Message:
        """What the child says once its toolchain is up.

        Raises: ToolchainError where it is missing (G401) or does not start (G402).
        """
        try:
            return self.exchange(b"", timeout=START_SECONDS, memory=memory)
        except ToolchainError as error:
            if error.code != "G404":
                raise
            message = error.message.replace("crashed", "did not start", 1)
            raise ToolchainError("G402", message, error.remedy) from error

    def exchange(self, request: bytes, *, timeout: float, memory: int) -> Message:
        """Send one frame and wait for its reply.

        Raises: ToolchainError, after which the child has ended, for a crash (G404), the
        time limit (G405) and the memory limit (G406).
        """
        exchange = _Exchange(memoryview(request))
        try:
            self._pump(exchange, time.monotonic() + timeout, timeout, memory)
            return decode(exchange.reply)
        except BaseException:
            self.end()
            raise

    def _pump(self, exchange: _Exchange, deadline: float, timeout: float, memory: int) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._reply, selectors.EVENT_READ)
            selector.register(self._output, selectors.EVENT_READ)
            if exchange.request:
                selector.register(self._request, selectors.EVENT_WRITE)
            while not exchange.whole():
                ready = {key.fd for key, _ in selector.select(_TICK)}
                if self._output in ready and not self._read_output():
                    selector.unregister(self._output)
                if self._request in ready and not self._write_request(exchange):
                    selector.unregister(self._request)
                if self._reply in ready:
                    self._read_reply(exchange)
                    continue
                if time.monotonic() > deadline:
                    raise ToolchainError(
                        "G405", f"{self.label} did not answer within {timeout:g} s"
                    )
                if resident_bytes(self._process.pid) > memory:
                    raise ToolchainError(
                        "G406", f"{self.label} went over the memory limit of {in_words(memory)}"
                    )

    def _read_reply(self, exchange: _Exchange) -> None:
        data = os.read(self._reply, _CHUNK)
        if not data:
            raise self._crash()
        exchange.reply += data

    def _write_request(self, exchange: _Exchange) -> bool:
        try:
            written = os.write(self._request, exchange.request[:_CHUNK])
        except BlockingIOError:
            return True
        except BrokenPipeError:
            return False  # the reply pipe tells that the child is gone
        exchange.request = exchange.request[written:]
        return len(exchange.request) > 0

    def _read_output(self) -> bool:
        try:
            data = os.read(self._output, _CHUNK)
        except BlockingIOError:
            return True
        self._noise += data
        del self._noise[:-_LAST_WORDS]
        return bool(data)

    def _crash(self) -> ToolchainError:
        """Why a child hung up, with the last line that it printed."""
        try:
            status = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return ToolchainError("G404", f"{self.label} crashed: it closed its connection")
        with contextlib.suppress(OSError):
            self._read_output()
        words = last_line(self._noise.decode("utf-8", "replace"))
        if b"bad_alloc" in self._noise:
            return ToolchainError("G406", f"{self.label} ran out of memory ({words})")
        if status < 0:
            how = f"killed by {signal.Signals(-status).name}"
        else:
            how = f"the process ended with status {status}"
        return ToolchainError(
            "G404", f"{self.label} crashed: {how}" + (f" ({words})" * bool(words))
        )

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def end(self) -> None:
        """Kill the process and all that it started, and remove its folder."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._release()

    def forget(self) -> None:
        """Let go of a process that belongs to the parent of a fork."""
        for descriptor in self._descriptors():
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self._process.returncode = 0  # never waited for from here

    def _release(self) -> None:
        for descriptor in self._descriptors():
            os.close(descriptor)
        self._request = self._reply = self._output = -1
        shutil.rmtree(self.folder, ignore_errors=True)

    def _descriptors(self) -> list[int]:
        return [d for d in (self._request, self._reply, self._output) if d >= 0]


def last_line(text: str) -> str:
    """The last line with anything in it, printable and short."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = "".join(c if c.isprintable() else " " for c in lines[-1]) if lines else ""
    return line if len(line) <= 200 else line[:199] + "…"


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    return kept | _SAFE | {"TMPDIR": str(folder)}
