"""Arguments in, exit code out: the command line of photoprep and nothing else.

Rooms are imported inside the commands, so that ``--version`` and ``--help`` answer at once.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.main import get_command

from photoprep.cli_accounts import accounts_app
from photoprep.cli_check import check, names
from photoprep.cli_cluster import cluster_at
from photoprep.cli_deliver import deliver, plugins
from photoprep.cli_doctor import doctor
from photoprep.cli_drafts import drafts
from photoprep.cli_dropped import DROPPED, dropped, hold_window
from photoprep.cli_exits import console, exit_codes, stderr_console
from photoprep.cli_help import SpokenTyper
from photoprep.cli_language import asked_for, begin_to_speak, speak_by_preset, spoken, told
from photoprep.cli_letter import letter_app
from photoprep.cli_open import must_be_written, open_page
from photoprep.cli_options import (
    AnySheet,
    ClusterOption,
    ContactOption,
    CustomerOption,
    DateOption,
    EnquiryOption,
    JobsOption,
    JsonOption,
    MailsOption,
    OpenOption,
    OutOrAddressOption,
    Paths,
    PresetOption,
    QuietOption,
    SheetOption,
    StrictOption,
)
from photoprep.cli_presets import presets_app
from photoprep.cli_send import send
from photoprep.cli_service import service_app
from photoprep.cli_sheet import sheet as sheet_command
from photoprep.cli_shortcut import shortcut_app
from photoprep.cli_watch import watch
from photoprep.errors import ExitCode, PhotoprepError
from photoprep.language import say
from photoprep.version import __version__

if TYPE_CHECKING:
    from photoprep.preset import SheetKind
    from photoprep.profile import SenderProfile
    from photoprep.report import Report

app = SpokenTyper(
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    options_metavar="",
    subcommand_metavar="FOLDER... | COMMAND",
    help="Product photos in, pictures and mails out that a customer can open at once.\n\n"
    "Drag a folder of photos onto photoprep, or type its name. Beside it appears FOLDER-prepared "
    "with photos of at most 24 cm and 200 kB, and drafts of mails of at most 800 kB that carry "
    "them. Your own files are never touched, and running again redoes only what changed.\n\n"
    "\b\n"
    "  photoprep FOLDER                    prepare a folder\n"
    "  photoprep check FOLDER              say what is missing or doubtful\n"
    "  photoprep FOLDER --dry-run          only say what that would do\n"
    "  photoprep sheet FOLDER -o FILE      put the pictures on one sheet\n"
    "  photoprep FOLDER --customer C0123   with the customer's number in the letters\n"
    "  photoprep send FOLDER-prepared …    send the mails to somebody\n"
    "  photoprep watch INBOX               prepare whatever is dropped into a folder\n"
    "  photoprep shortcut install          an icon on the desktop to drop folders onto\n"
    "  photoprep prepare --help            all that can be said\n"
    "  photoprep demo                      try it on photos that photoprep makes itself\n"
    "  photoprep doctor                    say what works here and what is missing\n",
)
profile_app = SpokenTyper(help="Your name, company and addresses.")
app.add_typer(profile_app, name="profile")
app.add_typer(presets_app, name="presets")
app.add_typer(accounts_app, name="accounts")
app.add_typer(letter_app, name="letter")
app.add_typer(service_app, name="service")
app.add_typer(shortcut_app, name="shortcut")
app.command()(check)
app.command()(names)
app.command("sheet")(sheet_command)
app.command()(send)
app.command()(drafts)
app.command()(deliver)
app.command()(plugins)
app.command()(watch)
app.command(DROPPED, hidden=True)(dropped)
app.command()(doctor)


def run(arguments: list[str]) -> int:
    """Do what the arguments say; returns the exit code.

    A first argument that is no command is something that was dropped on photoprep.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal or a file that cannot show a letter gets its escape, never a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    code = _said_and_done(arguments)
    if arguments[:1] == [DROPPED]:
        hold_window(code)
    return code


def _said_and_done(arguments: list[str]) -> int:
    try:
        arguments = begin_to_speak(arguments)
    except PhotoprepError as error:
        from photoprep.proof.console import print_error

        print_error(error, stderr_console(), spoken())
        return error.exit_code
    if arguments and not _is_for_the_top(arguments[0]):
        arguments = ["prepare", *arguments]
    return _run_command(arguments)


def _run_command(arguments: list[str]) -> int:
    command = get_command(app)
    try:
        code = command.main(arguments, "photoprep", standalone_mode=False)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else ExitCode.WRONG_USAGE
    except typer.Abort:  # Ctrl-C or no more input while a question waits for its answer
        stderr_console().print(told(say("Aborted.")))
        return ExitCode.SOME_FAILED
    except _MISTAKE as error:
        if type(error).__name__ != "NoArgsIsHelpError":  # whose help has been printed
            from photoprep.cli_usage import print_usage_error

            print_usage_error(error)
        return ExitCode.WRONG_USAGE
    return code if isinstance(code, int) else ExitCode.DONE


# The base of what typer finds wrong with a command line; click's class in some versions, which
# may not be installed in others.
_MISTAKE: type[Exception] = typer.BadParameter.__bases__[0]


def _is_for_the_top(argument: str) -> bool:
    commands = {command.name or _name_of(command.callback) for command in app.registered_commands}
    groups = {group.name for group in app.registered_groups}
    completion = ("--install-completion", "--show-completion")
    return argument in {*commands, *groups, "-h", "--help", "--version", *completion}


def _name_of(callback: object) -> str:
    return str(getattr(callback, "__name__", "")).replace("_", "-")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"photoprep {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    pass


@app.command()
def prepare(
    paths: Paths,
    out: OutOrAddressOption = None,
    preset: PresetOption = "trade-email",
    customer: CustomerOption = "",
    contact: ContactOption = "",
    enquiry: EnquiryOption = "",
    date: DateOption = None,
    jobs: JobsOption = None,
    cluster: ClusterOption = "",
    sheet: SheetOption = None,
    no_sheets: Annotated[bool, typer.Option("--no-sheets", help="No sheets.")] = False,
    mails: MailsOption = None,
    no_mails: Annotated[bool, typer.Option("--no-mails", help="Photos only.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read every original again, however it looks.")
    ] = False,
    accept_damaged: Annotated[
        bool,
        typer.Option("--accept-damaged", help="Take what can be read of damaged pictures."),
    ] = False,
    strict: StrictOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say exactly what a run would do; write nothing.")
    ] = False,
    show: OpenOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Prepare photos and the mails that carry them (the same as: photoprep PATH...)."""
    with exit_codes():
        if show:
            must_be_written(dry_run=dry_run)
        from photoprep.pipeline import prepare as prepare_photos
        from photoprep.proof.progress import RunProgress

        speak_by_preset(preset)
        progress = RunProgress(stderr_console, spoken, wanted=not quiet)
        with cluster_at(cluster, progress.silent) as workers_elsewhere, progress:
            report = prepare_photos(
                paths,
                out=out,
                preset=preset,
                customer=customer,
                contact=contact,
                enquiry=enquiry,
                date=date.date() if date else None,
                profile=_profile(),
                jobs=jobs,
                sheets=_sheets(sheet, no_sheets=no_sheets),
                mails=not no_mails,
                prefer=mails.value if mails else None,
                verify=verify,
                accept_damaged=accept_damaged,
                dry_run=dry_run,
                language=asked_for(),
                cluster=workers_elsewhere,
                on_look=progress.looks,
                on_photo=progress.photos,
                on_sheet=progress.sheets,
                on_version=progress.versions,
                on_upload=progress.uploads,
            )
        _tell(report, as_json=as_json, quiet=quiet)
        if show:
            open_page(report, stderr_console())
        code = report.exit_code
        if strict:
            from photoprep.report import strictly

            code = strictly(code, report.findings)
        raise typer.Exit(code)


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where to put the demo's photos.")
    ] = Path("photoprep-demo"),
    jobs: JobsOption = None,
    show: OpenOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a folder of product photos and prepare it, to see what photoprep does."""
    with exit_codes():
        from photoprep.demo import make_demo_folder
        from photoprep.pipeline import prepare as prepare_photos
        from photoprep.proof.progress import RunProgress

        speak_by_preset("trade-email")
        messages = stderr_console()
        if not quiet:
            making = say("Making product photos of 12 megapixels in {folder} …", folder=str(folder))
            messages.print(told(making), highlight=False, markup=False)
        make_demo_folder(folder)
        with RunProgress(lambda: messages, spoken, wanted=not quiet) as progress:
            report = prepare_photos(
                folder,
                profile=_profile(),
                jobs=jobs,
                language=asked_for(),
                on_photo=progress.photos,
            )
        _tell(report, as_json=as_json, quiet=quiet)
        if report.failed and not quiet:
            messages.print(
                told(
                    say("One picture of the demo is broken on purpose, to show what happens then.")
                )
            )
        if show:
            open_page(report, messages)
        # The broken picture is part of the demo: that it is told apart is its success.
        raise typer.Exit(ExitCode.DONE if report.ready else report.exit_code)


@profile_app.command("show")
def profile_show() -> None:
    """Say who signs the letters, and where that is kept."""
    with exit_codes():
        from dataclasses import asdict

        from photoprep.profile import load_profile, profile_path

        profile = load_profile()
        if profile is None:
            typer.echo(told(say("There is no profile yet. Set one with: photoprep profile edit")))
        else:
            for name, value in asdict(profile).items():
                typer.echo(f"{name}: {value}".rstrip())
        typer.echo(f"({profile_path()})")


@profile_app.command("edit")
def profile_edit(
    name: Annotated[str | None, typer.Option(help="Your full name.")] = None,
    title: Annotated[str | None, typer.Option(help="Your title, such as Sales Manager.")] = None,
    company: Annotated[str | None, typer.Option(help="Your company.")] = None,
    address: Annotated[str | None, typer.Option(help="Its address.")] = None,
    telephone: Annotated[str | None, typer.Option(help="With the country code.")] = None,
    fax: Annotated[str | None, typer.Option(help="With the country code.")] = None,
    email: Annotated[str | None, typer.Option(help="Your address for answers.")] = None,
    website: Annotated[str | None, typer.Option(help="Your company's.")] = None,
) -> None:
    """Set who signs the letters; asks for everything when no option is given."""
    with exit_codes():
        from dataclasses import asdict

        from photoprep.profile import SenderProfile, load_profile, save_profile

        given = {
            "name": name,
            "title": title,
            "company": company,
            "address": address,
            "telephone": telephone,
            "fax": fax,
            "email": email,
            "website": website,
        }
        present = asdict(load_profile() or SenderProfile())
        if all(value is None for value in given.values()):
            given = {
                key: typer.prompt(told(_PROMPTS[key]), default=value)
                for key, value in present.items()
            }
        merged = {key: present[key] if value is None else value for key, value in given.items()}
        saved = save_profile(SenderProfile(**merged))
        typer.echo(told(say("Saved in {path}", path=str(saved))))


_PROMPTS = {
    "name": say("Name"),
    "title": say("Title"),
    "company": say("Company"),
    "address": say("Address"),
    "telephone": say("Telephone"),
    "fax": say("Fax"),
    "email": say("E-mail"),
    "website": say("Website"),
}


def _tell(report: Report, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.to_json(), indent=2))
    if not report.failed and (quiet or as_json):
        return  # nothing to say, so that what says it need not be loaded
    from photoprep.proof.console import print_failures, print_report

    if quiet or as_json:
        print_failures(report.failed, stderr_console(), report.language)
    else:
        print_report(report, console(stderr=False))


def _sheets(asked: AnySheet | None, *, no_sheets: bool) -> Sequence[SheetKind] | None:
    """Which sheets the command line asks for; None leaves it to the preset."""
    if no_sheets or asked == AnySheet.NONE:
        return ()
    match asked:
        case AnySheet.OVERVIEW:
            return ("overview",)
        case AnySheet.PER_PRODUCT:
            return ("per-product",)
    return None


def _profile() -> SenderProfile | None:
    """The sender's profile; a broken one is told here, before anything is made."""
    from photoprep.profile import load_profile

    return load_profile()
