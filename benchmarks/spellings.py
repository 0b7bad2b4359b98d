"""Evaluation of the table's spellings in their real toolchains, on whole vectors of points."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from gradc.prims import TABLE, Prim

KEYS = ("r", "tmb", "numpy", "numpy/float32", "tf", "tf/float32")
_OPERATORS = {
    "pow": {"r": "{x}^{y}", "tmb": "pow({x}, {y})", "numpy": "{x}**{y}", "tf": "{x}**{y}"},
}
_PYTHON_HEAD = {
    "numpy": "import numpy as np\nfrom scipy import special\n",
    "tf": "import numpy as np\nimport tensorflow as tf\n",
}
_OWN = frozenset(
    "pow sqrt exp log log10 sin cos tan asin acos atan atan2 sinh cosh tanh sigmoid softplus logit logspace_add logspace_sub lgamma besselI besselJ besselK besselY".split()
)


def target_of(key: str) -> str:
    return key.partition("/")[0]


def dtype_of(key: str) -> str:
    return key.partition("/")[2] or "float64"


def spelled(prim: Prim, target: str) -> str | None:
    """The expression that a target evaluates for a primitive, None where it expands it."""
    text = _OPERATORS.get(prim.name, prim.spell).get(target)
    if not isinstance(text, str) or (
        target == "tmb" and (prim.name not in _OWN or "extra::" in text)
    ):
        return None
    if "{" not in text:
        return f"{text}({', '.join(prim.params)})"
    return text.format(**{name: name for name in prim.params})


class Toolchains:
    """R, TMB, NumPy and TensorFlow, started when first needed."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gradc-accuracy-"))

    def evaluate(self, prim: Prim, key: str, text: str, columns: list[np.ndarray]) -> np.ndarray:
        """What a target makes of a primitive's spelling, one number a row."""
        target = target_of(key)
        if target == "r":
            return self._r(prim, text, columns)
        if target == "tmb":
            return self._tmb(prim, text, columns)
        return self._python(prim, target, text, [c.astype(dtype_of(key)) for c in columns])

    def _python(self, prim: Prim, target: str, text: str, columns: list[np.ndarray]) -> np.ndarray:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        path = self._folder / f"{prim.name}_{target}.py"
        body = f"def f({', '.join(prim.params)}):\n    return {text}\n"
        path.write_text(_PYTHON_HEAD[target] + body, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        arguments: list[Any] = list(columns)
        if target == "tf":
            arguments = [module.tf.constant(column) for column in columns]
        with np.errstate(all="ignore"):
            return np.asarray(module.f(*arguments), dtype=np.float64)

    def _exchange(self, script: str, columns: list[np.ndarray]) -> np.ndarray:
        """Run an R script over a binary file of columns; it writes one number a row."""
        source, result = self._folder / "columns", self._folder / "result"
        np.concatenate(columns).tofile(source)
        path = self._folder / "script.R"
        path.write_text(script, encoding="utf-8")
        subprocess.run(
            ["Rscript", "--vanilla", str(path)],
            check=True,
            cwd=self._folder,
            timeout=900,
            capture_output=True,
        )
        return np.fromfile(result)

    def _r(self, prim: Prim, text: str, columns: list[np.ndarray]) -> np.ndarray:
        rows = len(columns[0])
        lines = [f'v <- matrix(readBin("columns", "double", {rows * len(columns)}), {rows})']
        lines += [f"{name} <- v[, {k + 1}]" for k, name in enumerate(prim.params)]
        lines += [f'writeBin(as.double(suppressWarnings({text})), "result")']
        return self._exchange("\n".join(lines) + "\n", columns)

    def _tmb(self, prim: Prim, text: str, columns: list[np.ndarray]) -> np.ndarray:
        rows = len(columns[0])
        self._compile()
        data = ", ".join(f"v{k + 1} = v[, {k + 1}]" for k in range(len(columns)))
        spare = "".join(f", v{k + 1} = numeric(0)" for k in range(len(columns), 3))
        number = [prim_.name for prim_, _ in tmb_spellings()].index(prim.name)
        lines = [
            "library(TMB)",
            'dyn.load(dynlib("accuracy"))',
            f'v <- matrix(readBin("columns", "double", {rows * len(columns)}), {rows})',
            f"data <- list(which = {number}L, {data}{spare})",
            'object <- MakeADFun(data, list(p = 0), DLL = "accuracy", type = "Fun", silent = TRUE)',
            'writeBin(as.double(object$report(0)$result), "result")',
        ]
        return self._exchange("\n".join(lines) + "\n", columns)

    def _compile(self) -> None:
        if (self._folder / "accuracy.so").exists():
            return
        (self._folder / "accuracy.cpp").write_text(template(), encoding="utf-8")
        script = self._folder / "compile.R"
        script.write_text('TMB::compile("accuracy.cpp", flags = "-O1 -w")\n', encoding="utf-8")
        done = subprocess.run(
            ["Rscript", "--vanilla", str(script)],
            check=False,
            cwd=self._folder,
            timeout=900,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(done.stdout[-3000:] + done.stderr[-3000:])

    def versions(self) -> str:
        """What was measured, in words."""
        import platform

        import scipy
        import tensorflow as tf

        script = 'cat(R.version.string, "with TMB", as.character(packageVersion("TMB")))'
        r = subprocess.run(
            ["Rscript", "--vanilla", "-e", script], capture_output=True, text=True, check=True
        ).stdout
        libc = " ".join(platform.libc_ver())
        return (
            f"{r}, NumPy {np.__version__}, SciPy {scipy.__version__},\n"
            f"TensorFlow {tf.__version__}, {libc}, {platform.machine()}"
        )


def tmb_spellings() -> list[tuple[Prim, str]]:
    """The primitives that the template evaluates, with their spellings."""
    found = [(prim, spelled(prim, "tmb")) for prim in TABLE]
    return [(prim, text) for prim, text in found if text is not None and prim.name in _OWN]


def template() -> str:
    """One template with every spelling, chosen by a number."""
    cases = []
    for number, (prim, text) in enumerate(tmb_spellings()):
        names = "".join(f"Type {name} = v{k + 1}(i); " for k, name in enumerate(prim.params))
        cases.append(f"    case {number}: {{ {names}result(i) = {text}; break; }}")
    return "\n".join(
        [
            "#include <TMB.hpp>",
            "template<class Type> Type objective_function<Type>::operator() () {",
            "  DATA_INTEGER(which); DATA_VECTOR(v1); DATA_VECTOR(v2); DATA_VECTOR(v3);",
            "  PARAMETER(p);",
            "  vector<Type> result(v1.size());",
            "  for (int i = 0; i < result.size(); i++) switch (which) {",
            *cases,
            "  }",
            "  REPORT(result);",
            "  return p * p;",
            "}\n",
        ]
    )
