"""Pasted text: its tree is that of the flat text, however much of it is shared."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from gradc.errors import GradcError, Source
from gradc.frontend import build
from gradc.ir import dump
from gradc.syntax import opening, parse_r
from gradc.syntax.paste import SHARED_ABOVE, parse_text
from gradc.syntax.rope import Text, literal, paste
from gradc.syntax.tree import Tree

FRAGMENTS = (
    "a", "b*x", "+", "-", "*", "(", ")", "^2", "exp(", "1", "f(a)", "!", "-b", " ", "x <- ",
    "if (a) b else c", "[1]", ", ", "%in%", "2e", "a.b", "'q'", "\n", ";", "**", "~", "a<b", "&",
    "$", "# c", "}", "{", "function(z) z", "/", ":", "<", "=", "a+b", "a*b", "-a", "a^b", "\\",
)  # fmt: skip
EXPRESSIONS = (
    "a", "b*x", "a+b", "a*b", "-a", "a^b", "f(a)", "(a)", "!a", "a<b", "a:b", "~a", "a%in%b",
    "if (a) b else c", "function(z) z", "x[1]", "a$b", "-a^b", "a^-b", "a*-b", "a+!b", "x <- a",
    "a&b", "{a;b}", "{a\n b}", "2", "'s'", "a|b", "a=b", "a - b", "a/b", "\\(x) x", "a |> f()",
    "`q`", "`+`(a,b)", "if (a) b", "a$`b`", "f(a=1)", "a;b", "a\n", "-1", "x[[1]]", "f()(a)",
    "repeat break", "for (i in a) b", "a@b", "pkg::a", "TRUE", "1e5L", "r\"(s)\"", "..1", "NULL",
)  # fmt: skip
OPERATORS = (
    *("+", "-", "*", "/", "^") * 4,
    ":", "<", "==", "&", "|", "~", "%%", " + ", " <- ", " = ", "$", "&&",
    "->", "<-", "-", "!", "?", "**", "|>", " %o% ", "@", "::", ":=", "<<-",
)  # fmt: skip
OPENERS = ("f(", "exp(", "x[", "g(b = ", "deriv(~ ", "c(a, ", "x[[", "{", "(", "g(1, ")
CLOSERS = (")", ", ", "]", ", b)", " + 1)", "]]", "}")

Pick = Callable[[], Text]


def piece(text: str) -> Text:
    return literal(text, None)


def joined(parts: Sequence[Text | str]) -> Text:
    return paste([piece(part) if isinstance(part, str) else part for part in parts], None)


def around(rng: random.Random, pick: Pick) -> list[Text | str]:
    return [rng.choice(OPENERS), pick(), rng.choice(CLOSERS)]


def beside(rng: random.Random, pick: Pick) -> list[Text | str]:
    between = rng.choice(("(", " (", "[", "$", "\n", " ", "", ";"))
    return [pick(), between, pick(), rng.choice((")", "]", "", ")"))]


def twice(rng: random.Random, pick: Pick) -> list[Text | str]:
    text = pick()
    return [text, rng.choice(OPERATORS), text]


def chained(rng: random.Random, pick: Pick) -> list[Text | str]:
    return [pick(), rng.choice(OPERATORS), pick(), rng.choice(OPERATORS), pick()]


SHAPES: tuple[Callable[[random.Random, Pick], list[Text | str]], ...] = (
    *[lambda r, p: [p(), r.choice(OPERATORS), p()]] * 7,
    *[lambda r, p: ["(", p(), ")"]] * 3,
    *[around] * 2,
    lambda r, p: [r.choice("-!~+?"), p()],
    lambda r, p: ["if (", p(), ") ", p(), " else ", p()],
    lambda r, p: ["{", p(), r.choice("\n; "), p(), "}"],
    lambda r, p: [r.choice(("function(z) ", "while (a) ", "'", "# ", "`")), p()],
    beside,
    *[twice] * 6,
    *[chained] * 4,
)


def of_expressions(rng: random.Random) -> Text:
    """A text of expressions that are pasted as units, nearly always R."""
    pool = [piece(rng.choice(EXPRESSIONS)) for _ in range(3)]

    def pick() -> Text:
        return rng.choice(pool[-3:]) if rng.random() < 0.8 else piece(rng.choice(EXPRESSIONS))

    text = pool[0]
    for _ in range(rng.randint(2, 7)):
        text = joined(rng.choice(SHAPES)(rng, pick))
        pool.append(text)
    return text


def of_fragments(rng: random.Random) -> Text:
    """A text of anything, mostly not R: tokens run together across the pieces."""
    pool = [piece(rng.choice(FRAGMENTS)) for _ in range(4)]
    for _ in range(rng.randint(2, 9)):
        parts: list[Text | str] = [
            rng.choice(pool) if rng.random() < 0.7 else rng.choice(FRAGMENTS)
            for _ in range(rng.randint(1, 4))
        ]
        if rng.random() < 0.35:
            parts = ["(", *parts, ")"]
        if rng.random() < 0.2:
            parts = [parts[0], rng.choice("+-*/^"), parts[-1]]
        pool.append(joined(parts))
    return pool[-1]


def shown(read: Callable[[], Tree]) -> tuple[list[str] | None, int]:
    """The expressions of a tree, None where the text is no R; and how many holes it has."""
    try:
        tree = read()
    except GradcError:
        return None, 0
    return [tree.sexpr(root) for root in tree.roots], len(tree.holes)


@pytest.mark.parametrize(
    ("write", "seeds", "with_holes", "valid"),
    [(of_expressions, 16_000, 3_000, 6_000), (of_fragments, 8_000, 40, 1_000)],
)
def test_a_text_of_pieces_means_what_it_says(
    write: Callable[[random.Random], Text],
    seeds: int,
    with_holes: int,
    valid: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every piece that is pasted twice may be shared, however short, and every bracket in it."""
    monkeypatch.setattr(opening, "LONG", 0)
    shared = right = 0
    for seed in range(seeds):
        text = write(random.Random(seed))  # noqa: S311
        if text.length > 3000:
            continue
        flat = text.flat()
        wanted, _ = shown(lambda flat=flat: parse_r(Source("flat", flat)))
        found, holes = shown(lambda text=text: parse_text(text, shared_above=0))
        assert found == wanted, f"seed {seed}: {flat!r}"
        shared += holes > 0
        right += wanted is not None
    assert shared >= with_holes
    assert right >= valid


# ------------------------------------------------------------------------- whole scripts

LAYERS = (
    "1/(1 + exp(-({s} + w{k}*x)))",
    "tanh({s}) + b{k}*({s})",
    "({s})^2 - exp(-{s})*w{k}",
    "log(1 + ({s})^2)/(2 + sin({s}))",
    "-{s} + a*{s}",
    "{s}*{s} - x",
    "sqrt(1 + {s}*{s})",
    "w{k}^2/(1 + ({s})^2)",
    "ifelse({s} > b{k}, {s}, -{s})",
    "(function(u) u*u + a)({s})",
)


def layer(rng: random.Random, k: int) -> tuple[str, str]:
    """One template as R's ``paste0`` of a variable ``s``, and as a text to fill in."""
    template = rng.choice(LAYERS)
    call = ", s, ".join(f'"{part}"' for part in template.replace("{k}", str(k)).split("{s}"))
    return f"s <- paste0({call})", template


def network(rng: random.Random) -> tuple[str, str]:
    """A script that pastes layer into layer, and its text with nothing shared."""
    lines, flat = ['s <- "a + b*x"'], "a + b*x"
    for k in range(rng.randint(2, 8)):
        line, template = layer(rng, k)
        new = template.format(s=flat, k=k)
        if len(new) > 20_000:
            break
        lines.append(line)
        flat = new
    return "\n".join([*lines, "parse(text = s)[[1]]"]), flat


def graph_of(text: str) -> str:
    return dump(build(Source("script", text), wrt=["a", "b"]).function)


def test_a_script_gives_the_graph_of_its_flat_text() -> None:
    """The graph is the same to the last node, though only the script's tree is shared."""
    longest = 0
    for seed in range(150):
        script, flat = network(random.Random(seed))  # noqa: S311
        assert graph_of(script) == graph_of(flat), f"seed {seed}:\n{script}"
        longest = max(longest, len(flat))
    assert longest > 50 * SHARED_ABOVE


def test_a_shared_text_is_read_once() -> None:
    """Forty layers that use the one below three times: 3^40 copies, and a small graph."""
    layers = 's <- paste0("(", s, ")*(", s, ") + tanh(", s, " - w", k, ")")'
    script = f's <- "a + b*x"\nfor (k in 1:40) {layers}\nparse(text = s)[[1]]'
    built = build(Source("script", script))
    assert built.text is not None
    assert built.text.length > 3**40
    assert len(built.function.graph.records) < 40 * 12
