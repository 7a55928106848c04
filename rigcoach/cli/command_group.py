"""A group of commands whose help names each with its whole first sentence."""

import click

# Longer than any first sentence: click cuts what is longer off.
_SENTENCE = 400


class CommandGroup(click.Group):
    """A group that wraps what its commands do instead of cutting it off at the edge of the terminal."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, each with what it does."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, each.get_short_help_str(_SENTENCE)) for name, each in commands if each and not each.hidden]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)
