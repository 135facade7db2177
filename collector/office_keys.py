"""The office's commands about its keys, and about records that leave the ledger, sealed or plain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector import office, renewal
from ledger.store import now_ms, open_ledger

if TYPE_CHECKING:
    from collector.commands import Place

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("what", required=False)
@click.option("--out", type=click.Path(path_type=Path), default=Path("."), show_default=True, help="Folder.")
@click.option("--sealed", is_flag=True, help="As files that only this office can open.")
@click.option("--for-paper", is_flag=True, help="As files that only the paper with the recovery key opens.")
@click.pass_obj
def export(place: Place, what: str | None, out: Path, sealed: bool, for_paper: bool) -> None:
    """Copy records out as YAML: all, one kind, or one code. Beside a running server too."""
    from collector import imports, sealed_copy

    with open_ledger(place.home) as ledger:
        if sealed or for_paper:
            made = sealed_copy.export(ledger, place.forms, what or "all", out, place.home, for_paper)
            paths = ", ".join(str(path) for path in made.paths)
            place.say("sealed.exported", number=made.records, paths=paths)
            return
        written = imports.export(ledger, place.forms, what or "all", out)
    place.say("office.exported", number=len(written), out=out)
    click.echo(place.words.say("sealed.not_sealed", place.lang, out=out), err=True)


@click.command("open")
@click.argument("file", type=_FILE)
@click.option("--paper", type=_FILE, help="The recovery key.")
@click.option("--key", type=_FILE, help="A key file (PEM).")
@click.option("--out", type=click.Path(path_type=Path), default=Path("."), show_default=True, help="Folder.")
@click.pass_obj
def open_(place: Place, file: Path, paper: Path | None, key: Path | None, out: Path) -> None:
    """Open what export --sealed wrote: with this office's key, another key file, or the paper."""
    from collector import sealed_copy

    found = sealed_copy.open_copy(file, out, place.home, paper or key)
    place.say("sealed.opened", number=len(found), out=out)


@click.group(invoke_without_command=True)
@click.pass_context
def keys(context: click.Context) -> None:
    """List the office's keys; renew them with the paper."""
    if context.invoked_subcommand is not None:
        return
    place: Place = context.obj
    for line in renewal.lines(place.home, place.words, place.lang):
        click.echo(line)


@keys.command()
@click.argument("use", nargs=-1, required=True)
@click.option("--paper", required=True, type=_FILE, help="The file with the recovery key, as it was printed.")
@click.pass_obj
def renew(place: Place, use: tuple[str, ...], paper: Path) -> None:
    """Make a new key for each USE (receipt, office, export); the running server takes them up at once."""
    for each in renewal.renew(place.home, use, paper, now_ms()):
        click.echo(renewal.line(each, place.words, place.lang))
    try:
        place.do("take_up_keys")
    except office.CommandFailed as failed:
        said = place.words.say("keys.not_taken_up", place.lang, why=str(failed))
        raise office.CommandFailed(said, failed.code) from None
    place.say("keys.renewed")
    place.say("keys.paper_back", path=paper)


COMMANDS = (export, open_, keys)
