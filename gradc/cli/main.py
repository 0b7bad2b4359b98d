"""The ``gradc`` command: its subcommands, and what happens when one fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise

import click

from gradc.cli.check import check_command
from gradc.cli.compile import compile_command
from gradc.cli.doctor import doctor_command, targets_command, versions
from gradc.cli.evaluate import eval_command
from gradc.cli.fit import fit_command
from gradc.cli.output import diagnostics_json, document, write_diagnostics, write_json
from gradc.cli.verify import verify_command
from gradc.errors import Diagnostic, GradcError

MISTAKE = 2
INTERRUPTED = 130


def _print_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        click.echo(versions())
        context.exit()


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 fine, 1 a disagreement, 2 wrong input, 3 a toolchain is missing.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Versions of gradc and of the toolchains found.",
)
@click.pass_context
def gradc(context: click.Context) -> None:
    """Write a model once; get agreeing gradients in R, TMB, NumPy, TensorFlow, Keras, SymPy.

    \b
    gradc compile model.txt --target r,tmb,tf    write the code and prove that it agrees
    gradc eval -e 'x^2*exp(-x)' --at x=2         value and gradient at a point
    gradc fit model.txt --data data.csv          estimates and standard errors
    gradc check fit.R                            is the gradient that somebody wrote right?
    gradc doctor                                 what this machine can run
    """  # noqa: D301 - click reads the backspace as "keep these lines as they are"
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for _command in (
    compile_command,
    eval_command,
    verify_command,
    check_command,
    fit_command,
    targets_command,
    doctor_command,
):
    gradc.add_command(_command)


def run(arguments: Sequence[str]) -> int:
    """Run the command line and give its exit status; nothing is raised."""
    as_json = _wants_json(arguments)
    try:
        result = gradc.main(list(arguments), prog_name="gradc", standalone_mode=False)
        sys.stdout.flush()
    except GradcError as error:
        return _fail(error.diagnostics, as_json)
    except click.UsageError as error:
        return _fail([_usage(error)], as_json)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has left; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result if isinstance(result, int) else 0


def _usage(error: click.UsageError) -> Diagnostic:
    command = error.ctx.command_path if error.ctx else "gradc"
    return Diagnostic("G001", error.format_message(), suggestion=f"see {command} --help")


def _wants_json(arguments: Sequence[str]) -> bool:
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def _fail(diagnostics: Sequence[Diagnostic], as_json: bool) -> int:
    if as_json:
        write_json(document(diagnostics=diagnostics_json(diagnostics)))
    else:
        write_diagnostics(diagnostics)
    return MISTAKE
