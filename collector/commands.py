"""The office's work on the server: python -m collector COMMAND.

Exit codes: 0 done; 1 doctor found something; 2 the command was not typed as it should be; 3 refused, with the
reason; 4 the ledger is busy, missing or cannot be written; 5 a fault in content; 70 a fault of the program.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from collector import office, office_keys
from collector.copies import Where, beside, bring_back, report
from ledger.congress import Congress, load_congress
from ledger.forms import Form, load_forms
from ledger.keys import KeysMissing
from ledger.problems import Problems
from ledger.registry import Refused
from ledger.room import room_now
from ledger.store import LedgerBusy, Store, StoreFault
from ledger.words import Words, load_words

ERASED = ("asked", "authority", "other_grounds")
if TYPE_CHECKING:
    from ledger.doctor import Health

WITHDRAWN = ("by_author", "duplicate", "not_for_public", "privacy", "other_grounds")
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Place:
    """Where content, private home and site lie, and what is read from there on demand."""

    content: Path
    home: Path
    site: Path
    lang: str
    second: Where = field(default_factory=Where)

    @cached_property
    def words(self) -> Words:
        return load_words(self.content)

    @cached_property
    def congress(self) -> Congress:
        return load_congress(self.content)

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        return load_forms(self.content)

    def say(self, key: str, **params: object) -> None:
        """Print one message."""
        click.echo(self.words.say(key, self.lang, **params))

    def _here(self, command: str, args: Mapping[str, Any]) -> dict[str, Any]:
        from collector.local_rules import local_rules

        rules = local_rules(self.content, self.congress)
        with (
            Store.open(self.home, self.forms, self.congress.timezone, rules) as store,
            beside(store, self.second) as second,
        ):
            collect = self.congress.addresses["collect"]
            here = office.Office(store, self.words, self.congress, collect, second)
            return office.perform(here, {"command": command, "lang": self.lang, "args": args})

    def do(self, command: str, **args: Any) -> dict[str, Any]:
        """Have the running server do a command, or do it here when it is down."""
        answer = office.ask(self.home, command, self.lang, args)
        if answer is None:
            try:
                answer = self._here(command, args)
            except LedgerBusy:  # perhaps by a server that has just been started, and does not listen yet
                answer = office.ask(self.home, command, self.lang, args, patience=office.STARTS_WITHIN)
                if answer is None:
                    raise
        if not answer["ok"]:
            raise office.CommandFailed(answer["problem"], answer["exit"])
        result: dict[str, Any] = answer["result"]
        return result


class _Commands(click.Group):
    """The commands; what is refused here, and not by the running server, is said in the same words."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            place: Place = ctx.obj
            said = place.words.say(refused.key, place.lang, **refused.params)
            raise office.CommandFailed(said, 3) from None


@click.group(cls=_Commands, help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of the messages (default: as LANG says)."
)
@click.pass_context
def cli(context: click.Context, lang: str | None) -> None:
    """Read the environment, once."""
    env = os.environ
    context.obj = Place(
        content=Path(env.get("MINGBAI_CONTENT", ROOT / "content")).absolute(),
        home=Path(env.get("MINGBAI_HOME", ROOT / "var")).absolute(),
        site=Path(env.get("MINGBAI_SITE", ROOT / "site")).absolute(),
        lang=lang or ("en" if env.get("LANG", "zh").lower().startswith("en") else "zh"),
        second=Where.said(env),
    )


@cli.command()
@click.option("--deputy", metavar="REF", help="A deputy of the roll, by name or code.")
@click.option("--clerk", metavar="NAME", help="A clerk of the congress office.")
@click.option("--presidium", metavar="NAME", help="A member of the presidium, for two-key approvals.")
@click.option("--scrutineer", metavar="NAME", help="A scrutineer of ballots.")
@click.option("--teller", metavar="NAME", help="A teller of ballots.")
@click.option("--handler", metavar="NAME", help="A handling organ's person; say which with --organ.")
@click.option("--observer", metavar="NAME", help="An observer.")
@click.option("--organ", metavar="REF", help="The handler's organ, by name or code.")
@click.option(
    "--days", default=3, show_default=True, type=click.IntRange(1, 30), help="How long it may be used."
)
@click.option("--plain", is_flag=True, help="Print the link and nothing else.")
@click.pass_obj
def invite(place: Place, /, organ: str | None, days: int, plain: bool, **who: str | None) -> None:
    """Invite a person's phone: a link, the same as 13 characters to type, and as a QR code."""
    given = [(role, name.strip()) for role, name in who.items() if name is not None]
    if len(given) != 1 or not given[0][1]:
        raise click.UsageError("Say whom to invite, with one option: --deputy REF, --clerk NAME, …")
    made = place.do("invite", role=given[0][0], who=given[0][1], days=days, organ=organ)
    if plain:
        click.echo(made["link"])
        return
    place.say("office.invited", name=made["name"], until=made["expires_at"][:16].replace("T", " "))
    click.echo(made["link"])
    place.say("office.or_typed", code=made["code"])
    _qr(made["link"])
    place.say("office.then_confirm", python=_python())


def _python() -> str:
    """The Python that runs this, as one would type it here."""
    here = Path(sys.executable)
    return str(here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here)


def _qr(link: str) -> None:
    import segno

    segno.make(link, error="m").terminal(out=sys.stdout, compact=True)


@cli.command()
@click.argument("digits")
@click.pass_obj
def confirm(place: Place, digits: str) -> None:
    """Let a phone write, after its six digits were compared face to face."""
    done = place.do("confirm", digits=digits)
    place.say("office.confirmed", name=done["name"], device=done["device"])


@cli.command()
@click.argument("name")
@click.option("--reason", required=True, help="Why, for the record.")
@click.pass_obj
def revoke(place: Place, name: str, reason: str) -> None:
    """Stop a phone: by the beginning of its device id, or all phones of a deputy by code."""
    done = place.do("revoke", name=name, reason=reason)
    for each in done["devices"]:
        place.say("office.revoked", name=each["name"], device=each["device"])
    for each in done["left"]:
        place.say("office.left_in_use", name=each["name"], device=each["device"])


@cli.command()
@click.pass_obj
def devices(place: Place) -> None:
    """List the phones, how they stand, and what each reported last."""
    from collector import reports

    found = place.do("devices")["devices"]
    for each in found:
        digits = f"  {each['digits']}" if each["digits"] else ""
        state = place.words.say(f"office.state_{each['state']}", place.lang)
        organ = f"  {each['organ']}" if each["organ"] else ""
        came = f"  ← {each['came_from']}" if each["came_from"] else ""
        click.echo(f"{each['device']}  {state}  {each['role']}  {each['name']}{organ}{digits}{came}")
        click.echo(f"    {reports.line(each['report'], place.words, place.lang)}")
    if not found:
        place.say("office.no_devices")


@cli.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="docs/import.md"
)
@click.pass_obj
def import_(place: Place, path: Path, mapping: Path | None) -> None:
    """Bring in record files, a table with its mapping, or what a phone could not send (.mbx)."""
    args = {"path": str(path.absolute()), "mapping": str(mapping.absolute()) if mapping else None}
    click.echo(place.do("import", **args)["text"])


@cli.command()
@click.argument("code")
@click.option("--return", "send_back", is_flag=True, help="Send it back instead.")
@click.option("--reason", help="Why it is sent back.")
@click.pass_obj
def approve(place: Place, code: str, send_back: bool, reason: str | None) -> None:
    """Agree to publish the current version of a record, or send it back."""
    decision = "send_back" if send_back else "approve"
    done = place.do("approve", code=code, decision=decision, reason=reason)
    place.say("office.sent_back" if send_back else "office.approved", record=code, code=done["code"])


@cli.command()
@click.argument("code")
@click.option("--reason", type=click.Choice(WITHDRAWN), help="Why; stands at the record's address.")
@click.option("--text", "explanation", help="A sentence for the public, without what is taken down.")
@click.option("--undo", is_flag=True, help="Put it back instead.")
@click.pass_obj
def withdraw(place: Place, code: str, reason: str | None, explanation: str | None, undo: bool) -> None:
    """Take a record off the public pages with the next build; its address says when and why."""
    if undo == (reason is not None):
        raise click.UsageError("Say why with --reason, or put a record back with --undo alone.")
    done = place.do("withdraw", code=code, reason=reason, explanation=explanation, undo=undo)
    place.say("office.restored" if undo else "office.withdrawn", record=done["record"], code=done["code"])


SECOND = click.option(
    "--backup", "folder", type=click.Path(path_type=Path), help="Instead of MINGBAI_BACKUP."
)
TOGETHER = click.option("--same-disk", is_flag=True, help="Even on the ledger's own disk: for demos only.")


@cli.command()
@click.argument("code", required=False)
@click.argument("fields", nargs=-1)
@click.option("--reason", type=click.Choice(ERASED), help="Why; the public reads it where the answer stood.")
@click.option("--note", help="A sentence for the public, without what is erased.")
@click.option("--version", metavar="DIGEST", help="This version only, by its digest.")
@click.option("--all-photos", is_flag=True, help="All photos of the record too.")
@click.option("--again", is_flag=True, help="Do every erasure so far once more; nothing else is asked.")
@click.pass_obj
def erase(place: Place, /, code: str | None, fields: tuple[str, ...], again: bool, **args: Any) -> None:
    """Erase answers of a record for good, in all its versions: CODE FIELD… --reason …"""
    from collector.erasing import told

    if not again and not (code and args["reason"] and (fields or args["all_photos"])):
        raise click.UsageError("Say of what and what: erase CODE FIELD… --reason …, or erase --again.")
    given = {"again": True} if again else {"what": code, "fields": list(fields), **args}
    for key, params in told(place.do("erase", **given), place.lang):
        place.say(key, **params)


@cli.command()
@SECOND
@TOGETHER
@click.pass_obj
def backup(place: Place, folder: Path | None, same_disk: bool) -> None:
    """Make a whole, verified, sealed copy in MINGBAI_BACKUP now. A running collector makes one a day."""
    made = replace(place, second=place.second.told(folder, same_disk)).do("backup")
    place.say("backup.made", **made)


@cli.command()
@SECOND
@click.option(
    "--paper", type=click.File(encoding="utf-8"), required=True, help="The recovery key; - reads it typed."
)
@click.option("--home", type=click.Path(path_type=Path), help="An empty folder, instead of MINGBAI_HOME.")
@click.pass_obj
def restore(place: Place, folder: Path | None, paper: TextIO, home: Path | None) -> None:
    """Put the ledger of the second copy into an empty folder, under new keys and a new epoch."""
    to = (home or place.home).absolute()
    done = bring_back(place.second.told(folder), to, paper.read())
    for line in report(done, to, place.words, place.lang):
        click.echo(line)
    _say_health(place, done.health)


@cli.command()
@click.option(
    "--receipt",
    "receipts",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Receipts of a phone to compare with.",
)
@click.option("--site", is_flag=True, help="Compare with the heads that the releases of the site name.")
@SECOND
@click.pass_obj
def doctor(place: Place, receipts: tuple[Path, ...], site: bool, folder: Path | None) -> None:
    """Check the whole ledger again, and say in plain words what is safe and what is not."""
    from ledger.doctor import examine
    from ledger.witness import gather

    witnesses, unusable = gather(place.home, receipts, place.site if site else None)
    _say_health(place, examine(place.home, witnesses, unusable, place.second.told(folder).folder))


def _say_health(place: Place, report: Health) -> None:
    for finding in report.findings:
        mark = {"fault": "×", "warning": "!", "fine": "✓"}[finding.level]
        click.echo(f"{mark} {place.words.say(finding.key, place.lang, **finding.params)}")
    if report.faults:
        raise SystemExit(1)


@cli.command()
@click.option("--release", is_flag=True, help="Let the ballast go: room to work with while the disk is full.")
@click.pass_obj
def room(place: Place, release: bool) -> None:
    """Say how much room the disk has, and whether the ballast is there. Beside a running server too."""
    for key, params in room_now(place.home, release):
        place.say(key, **params)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), help="0 takes any free one. Default: congress.yaml's.")
@click.option(
    "--announce", type=click.Path(path_type=Path), help="Write the address to this file once ready."
)
@click.option("--collect", metavar="URL", help="The address phones use, if not congress.yaml's.")
@click.option("--www", metavar="URL", help="The public site's address, if not congress.yaml's.")
@click.option("--data", metavar="URL", help="Datasette's address, if not congress.yaml's.")
@SECOND
@TOGETHER
@click.pass_obj
def serve(place: Place, /, folder: Path | None, same_disk: bool, **options: Any) -> None:
    """Run the collector until it is stopped."""
    from collector import serving

    options["second_copy"] = place.second.told(folder, same_disk)
    raise SystemExit(serving.serve(place.content, place.home, place.site, place.lang, **options))


for command in office_keys.COMMANDS:
    cli.add_command(command)


def main(argv: list[str] | None = None) -> int:
    """Run a command; every failure is one plain text and an exit code."""
    return _plainly(lambda: cli.main(argv, prog_name="python -m collector", standalone_mode=False))


def _plainly(run: Callable[[], Any]) -> int:
    try:
        run()
        return 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as fault:
        fault.show()
        return fault.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except office.CommandFailed as failed:
        return _said(str(failed), failed.code)
    except (StoreFault, KeysMissing) as fault:
        return _said(str(fault), 4)
    except Problems as problems:
        return _said(str(problems), 5)
    except OSError as fault:
        return _said(
            f"{fault.filename or ''}: {fault.strerror or fault}. Check path, owner and free space.", 4
        )


def _said(text: str, code: int) -> int:
    click.echo(text, err=True)
    return code
