"""A group of commands whose help names each with its whole first sentence."""

import click

from rigcoach.base.suggest import did_you_mean

# Longer than any first sentence: click cuts what is longer off.
_SENTENCE = 400


class CommandGroup(click.Group):
    """A group that wraps what its commands do instead of cutting it off at the edge of the terminal."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant; a word that is none is answered with the nearest that is."""
        word = args[0]
        if not ctx.resilient_parsing and word[:1].isalnum() and self.get_command(ctx, word) is None:
            question = did_you_mean(word, self.list_commands(ctx))
            ctx.fail(f"there is no command `{word}`{f': {question}' if question else ''}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, each with what it does."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, each.get_short_help_str(_SENTENCE)) for name, each in commands if each and not each.hidden]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)
