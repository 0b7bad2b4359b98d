"""Claims of a script of R: the script is run, its pairs are found, called and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradc.checking.claim import Answer, Claim
from gradc.checking.comparison import Comparison, Sample, Vector
from gradc.checking.holdings import Sources, arguments, given, holdings
from gradc.checking.measure import labels_of, measure, reads_alike
from gradc.checking.names import name_pairs
from gradc.checking.objective import summed
from gradc.diff import value_and_gradient
from gradc.errors import Diagnostic, GradcError, Source, fail
from gradc.frontend.given import Holdings, Naming, Numbers, params_of
from gradc.frontend.held import read_held
from gradc.ir import Function
from gradc.passes import simplify
from gradc.run.session import Session
from gradc.run.wire import Tensor


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for."""

    fn: str | None = None
    gr: str | None = None
    wrt: tuple[str, ...] = ()
    at: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pair:
    """A function and its claimed gradient, by their numbers in the session.

    ``record`` is the number of the optimiser's call that has both; ``gr`` is 0 where the value
    of the function has the gradient as an attribute.
    """

    fn: int
    gr: int
    names: tuple[str, str]
    record: int = 0
    used_by: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a script came to: its functions, its optimisers' calls, and where it stopped."""

    version: str
    names: Mapping[str, int]
    functions: Sequence[Mapping[str, Any]]
    records: Sequence[Mapping[str, Any]]
    uses: frozenset[str]
    failure: str
    line: int

    def name_of(self, number: int, otherwise: str) -> str:
        """What the script calls a function."""
        return next((name for name, k in self.names.items() if k == number), otherwise)

    def reached(self, roots: Sequence[int]) -> set[int]:
        """The functions that some functions call, however far down."""
        found: set[int] = set()
        pending = list(roots)
        while pending:
            number = pending.pop()
            if number in found or not number:
                continue
            found.add(number)
            uses = self.functions[number - 1]["uses"]
            pending += [self.names[name] for name in uses if name in self.names]
        return found


def run_script(session: Session, path: str) -> Ran:
    """Run the script to its end, or to its first error."""
    said = session.ask("run", path)
    ids = [int(number) for number in _list(said["ids"])]
    return Ran(
        said["version"][0],
        dict(zip(said["names"], ids, strict=True)),
        said["functions"],
        said["records"],
        frozenset(said["uses"]),
        said["failure"][0],
        int(said["line"][0]),
    )


def _list(value: Any) -> list[float]:
    return value.data.tolist() if isinstance(value, Tensor) else list(value)


def find_pairs(ran: Ran, wanted: Wanted, source: Source) -> list[Pair]:
    """Every pair: those asked for, else those of optimisers' calls, and those by name.

    Raises: GradcError (G720) where a function that was asked for is not there.
    """
    if wanted.fn or wanted.gr:
        return [_asked(ran, wanted, source)]
    found: list[Pair] = []
    for number, record in enumerate(ran.records, 1):
        fn, gr, callee = int(record["f"][0]), int(record["g"][0]), record["callee"][0]
        if gr or _has_attribute(ran, fn):
            words = record["words"]
            name = ran.name_of(fn, words[0] or f"the function handed to {callee}()")
            other = words[1] or f"the gradient handed to {callee}()"
            other = ran.name_of(gr, other) if gr else name
            found.append(Pair(fn, gr, (name, other), number, f"{callee}()"))
    known = {(pair.fn, pair.gr) for pair in found}
    for fn_name, gr_name in name_pairs(ran.names):
        fn, gr = ran.names[fn_name], ran.names[gr_name]
        if (fn, gr) not in known:
            found.append(Pair(fn, gr, (fn_name, gr_name)))
    taken = {number for pair in found for number in (pair.fn, pair.gr)}
    for name, number in ran.names.items():
        if number not in taken and _has_attribute(ran, number):
            found.append(Pair(number, 0, (name, name)))
    return _with_uses(ran, found)


def _has_attribute(ran: Ran, number: int) -> bool:
    """Whether a function may give its value with a gradient as an attribute."""
    if not ran.functions[number - 1]["place"]:
        return False  # what deriv() makes nobody wrote
    uses = ran.functions[number - 1]["uses"]
    return "attr<-" in uses or "attr" in uses or "structure" in uses


def _asked(ran: Ran, wanted: Wanted, source: Source) -> Pair:
    partner = dict(name_pairs(ran.names))
    back = {gr: fn for fn, gr in partner.items()}
    fn = wanted.fn or back.get(wanted.gr or "")
    gr = wanted.gr or partner.get(wanted.fn or "")
    for option, name in (("--fn", fn), ("--gr", gr)):
        if name is not None and name not in ran.names:
            known = ", ".join(sorted(ran.names)) or "none"
            message = f"the script defines no function '{name}'"
            raise fail("G720", message, None, f"its functions are {known}")
        if name is None and option == "--fn":
            raise fail("G720", f"whose gradient '{gr}' is, nothing tells", None, "--fn names it")
    if fn is None:
        raise fail("G720", "which function to check, nothing tells", None, "--fn names it")
    number = ran.names[fn]
    other = ran.names[gr] if gr is not None else 0
    record = next(
        (
            k
            for k, r in enumerate(ran.records, 1)
            if (int(r["f"][0]), int(r["g"][0])) == (number, other)
        ),
        0,
    )
    return Pair(number, other, (fn, gr or fn), record, "you asked for it")


def _with_uses(ran: Ran, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs with what uses each: the fit's own calls, else what the script runs."""
    roots: dict[int, str] = {}
    for record in ran.records:
        for part in ("f", "g"):
            for number in ran.reached([int(record[part][0])]):
                roots.setdefault(number, f"{record['callee'][0]}()")
    if not ran.records:
        called = [ran.names[name] for name in ran.uses if name in ran.names]
        roots = dict.fromkeys(ran.reached(called), "the script")
    nothing = not any((pair.gr or pair.fn) in roots for pair in pairs)
    return [
        replace(
            pair,
            used_by=pair.used_by
            or roots.get(pair.gr or pair.fn, "")
            or ("not called here" if nothing else ""),
        )
        for pair in pairs
    ]


def claim_of(session: Session, ran: Ran, pair: Pair, wanted: Wanted, sources: Sources) -> Claim:
    """One pair, called and read: everything that there is to judge."""
    named_at = {name: _numbers(value) for name, value in wanted.at.items()}
    made = session.ask(
        "make",
        pair.fn,
        pair.gr,
        pair.record,
        list(wanted.wrt),
        named_at,
    )
    held = holdings(made["read"], sources)
    gr = int(made["g"][0])
    place = held.functions[gr].span if gr in held.functions else None
    claim = Claim(pair.names[0], pair.names[1], pair.used_by, place, certain=pair.record > 0)
    reached = ran.reached([gr])
    calls = frozenset(name for name, k in ran.names.items() if k in reached and k != gr)
    claim = replace(claim, calls=calls)
    claim = replace(claim, kind=(made["kind"] or [""])[0] or "vector", shape=_shape(made))
    if made["failure"][0]:
        return replace(claim, problem=made["failure"][0])
    read = replace(claim, refused=())
    for closed in (False, True):
        read = _read(session, held, made, pair, claim, closed=closed)
        if not read.refused and not any(one.value_differs for one in read.measured):
            break
    return read


def _read(
    session: Session,
    held: Holdings,
    made: Mapping[str, Any],
    pair: Pair,
    claim: Claim,
    *,
    closed: bool,
) -> Claim:
    """The claim as gradc reads it, with sizes that are open or those of the session."""
    naming = Naming()
    called = arguments(made["start"], made["rest"], made["formals"])
    start = _flat(made["start"])
    number = int(made["f"][0])
    try:
        found = read_held(held, number, called, naming, pair.names[0], closed=closed).function
        value = summed(found)
        gradient = simplify(value_and_gradient(value.copy()))
        claimed, unread = _claimed(held, made, pair, naming)
        return _measured(session, made, claim, value, gradient, claimed, unread, naming, start)
    except GradcError as error:
        return replace(claim, refused=tuple(error.diagnostics))


def _measured(
    session: Session,
    made: Mapping[str, Any],
    claim: Claim,
    value: Function,
    gradient: Function,
    claimed: Function | None,
    unread: tuple[Diagnostic, ...],
    naming: Naming,
    start: Vector,
) -> Claim:
    data = {
        name: _rows(numbers) for name, numbers in naming.values.items() if name not in value.wrt
    }
    labels = labels_of(gradient)
    scalar = len(labels) == 1

    def run(flats: Sequence[Vector]) -> list[Answer]:
        points = np.array(flats).T.reshape(len(start), len(flats))
        said = session.ask("evaluate", int(made["id"][0]), points, scalar)
        return [_answer(one) for one in said]

    measured = measure(gradient, claimed, start, data, run)
    samples = tuple(
        Sample(one.point, one.answer.gradient, one.expected, one.allowed)
        for one in measured
        if one.answer.gradient is not None and one.answer.gradient.shape == one.expected.shape
    )
    if claimed is not None and not reads_alike(claimed, samples):
        unread = (Diagnostic("G722", "its reading gives other numbers", None),)
        claimed = None
    comparison = Comparison(value, gradient, claimed, samples, labels)
    return replace(
        claim, comparison=comparison, measured=tuple(measured), unread=unread, labels=labels
    )


def _claimed(
    held: Holdings, made: Mapping[str, Any], pair: Pair, naming: Naming
) -> tuple[Function | None, tuple[Diagnostic, ...]]:
    """The user's gradient as gradc reads it, or why it does not."""
    start = {**made["start"], "names": made["wrt_g"]}
    called = arguments(start, made["rest_g"], made["formals_g"])
    labelled = [
        replace(argument, label=label)
        for argument, label in zip(called, made["start"]["names"], strict=False)
    ] + called[len(made["start"]["names"]) :]
    number, attribute = int(made["g"][0]), "" if pair.gr else "gradient"
    problem: GradcError | None = None
    for closed in (False, True):
        try:
            found = read_held(
                held, number, labelled, naming, pair.names[1], attribute, closed=closed
            )
            return found.function, ()
        except GradcError as error:
            problem = problem or error
    return None, () if problem is None else tuple(problem.diagnostics)


def _answer(said: Mapping[str, Any]) -> Answer:
    def vector(value: Any) -> Vector | None:
        return None if value is None else np.array(_list(value), dtype=np.float64)

    return Answer(
        vector(said["value"]),
        vector(said["gradient"]),
        said["failure"][0],
        said["failure_g"][0],
        vector(said["composed"]),
    )


def _shape(made: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(int(extent) for extent in _list(made["shape"] or []))


def _flat(start: Mapping[str, Any]) -> Vector:
    parts = [
        number
        for name, value in zip(start["names"], start["values"], strict=True)
        for _, part in params_of(name, given(value))
        for number in part.values
    ]
    return np.array(parts, dtype=np.float64)


def _rows(numbers: Numbers) -> Any:
    array = np.array(numbers.values)
    return array.reshape(numbers.shape, order="F").tolist() if numbers.shape else float(array[0])


def _numbers(value: Any) -> Any:
    return value if isinstance(value, int | float) else np.asarray(value, dtype=np.float64)
