"""click groups that load a command only when it is called, in the order of the work."""

from __future__ import annotations

import importlib
from typing import Any

import click

from textmine.errors import TextmineError


class LazyGroup(click.Group):
    """A group whose commands are named by module and attribute.

    Parameters
    ----------
    lazy
        Command name to ``(module:attribute, one line of help)``, in the order in which help lists them. The help
        lines stand here so that ``textmine --help`` loads no command.
    default
        Command that is meant when the first argument names none, if any.
    """

    def __init__(self, *args: Any, lazy: dict[str, tuple[str, str]], default: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy
        self.default = default

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the work."""
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command."""
        if cmd_name not in self.lazy:
            return None
        module, attribute = self.lazy[cmd_name][0].split(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - a wrong table is a programmer's mistake
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before arguments that name none."""
        if self.default and args and args[0] not in self.lazy and args[0] not in ("--help", "-h"):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self.lazy.items()])


class RootGroup(LazyGroup):
    """The root: turns the errors of textmine and of the operating system into one line and exit code 1.

    Ctrl-C leaves with 130, as shells expect; click alone would leave with 1.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; with ``--debug`` errors keep their traceback."""
        if ctx.params.get("debug"):
            return super().invoke(ctx)
        try:
            return super().invoke(ctx)
        except TextmineError as error:
            raise click.ClickException(_one_line(str(error))) from error
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            ctx.exit(130)
        except BrokenPipeError:
            raise
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(_one_line(f"{place}{error.strerror or error}")) from error


def _one_line(message: str) -> str:
    return " ".join(message.split())
