"""The command line: ``lstm-course …``, the same as ``python3 -m lstm_course …``.

Each command loads what it needs when it is called, so that ``--help`` is quick.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from lstm_course.system.paths import ROOT

_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(
    help="The LSTM course: lessons, tests and training runs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Lessons = Annotated[
    list[str] | None,
    typer.Argument(metavar="[LESSON]...", help="Numbers or names; none means all."),
]


@contextmanager
def _ended_by(error: type[Exception], code: int = 1) -> Iterator[None]:
    """End the command with such an error's words, a line for the reader, and a code."""
    try:
        yield
    except error as problem:
        typer.echo(problem, err=True)
        raise typer.Exit(code) from None


def _need_lessons() -> None:
    if not (ROOT / "notebooks").is_dir():
        typer.echo(
            f"There are no lessons at {ROOT / 'notebooks'}. Clone the course and run "
            "this command in the clone: the lessons are not part of the package.",
            err=True,
        )
        raise typer.Exit(2)


def _in_checkout(command: list[str], **environment: str) -> int:
    """Run a command at the root of the checkout; return its exit code."""
    _need_lessons()
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environment) as child:  # noqa: S603
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the child's
        try:
            return child.wait()
        finally:
            signal.signal(signal.SIGINT, before)


@app.command(context_settings=_PASS_ON)
def lab(
    ctx: typer.Context,
    originals: Annotated[
        bool, typer.Option("--originals", help="Open notebooks/ itself, to edit it.")
    ] = False,
) -> None:
    """Open your copies of the lessons in JupyterLab, which gets further arguments."""
    # A layout of its own, or JupyterLab would open tabs of notebooks/ among the copies.
    place = "tree/notebooks" if originals else "workspaces/lstm-course/tree/workspace"
    _open_lab(f"/lab/{place}/00_start_here.ipynb", ctx.args, originals=originals)


@app.command(context_settings=_PASS_ON)
def lecture(
    ctx: typer.Context,
    lesson: Annotated[str, typer.Argument(help="Its number or name.")],
    originals: Annotated[
        bool, typer.Option("--originals", help="Open notebooks/ itself, to edit it.")
    ] = False,
) -> None:
    """Show a lesson's slides, in which cells can be run; JupyterLab gets the rest."""
    from lstm_course.commands.run import LessonError, find_lessons
    from lstm_course.commands.slides import LECTURES

    _need_lessons()
    with _ended_by(LessonError, 2):
        (deck,) = find_lessons([lesson], LECTURES, subfolders=False)
    folder = "notebooks" if originals else "workspace"
    _open_lab(f"/rise/{folder}/lectures/{deck.name}", ctx.args, originals=originals)


def _open_lab(page: str, arguments: list[str], *, originals: bool) -> NoReturn:
    """Open JupyterLab at a page, of a learner's copies or of the originals."""
    from lstm_course.commands.workspace import WorkspaceError, make_ready

    _need_lessons()
    if not originals:
        with _ended_by(WorkspaceError):
            make_ready(ROOT / "notebooks", ROOT / "workspace")
        sys.stdout.flush()  # before JupyterLab writes
    settings = Path(__file__).parent / "lab_config"  # no news prompt over lesson 00
    others = os.environ.get("JUPYTER_CONFIG_PATH")
    root = f"--ServerApp.root_dir={ROOT}"  # the lessons' pictures are in figures/
    first = f"--LabApp.default_url={page}"
    code = _in_checkout(
        [sys.executable, "-m", "jupyterlab", root, first, *arguments],
        JUPYTER_CONFIG_PATH=os.pathsep.join(filter(None, [str(settings), others])),
    )
    raise typer.Exit(code)


@app.command()
def slides(
    lessons: Lessons = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            file_okay=False,
            help="Where to; else slides/ in the course.",
        ),
    ] = None,
    pdf: Annotated[
        bool, typer.Option(help="Handouts in PDF as well, printed by Chromium.")
    ] = True,
) -> None:
    """Write decks as plain files that open without a network, and their handouts."""
    from lstm_course.commands.slides import write_slides

    _need_lessons()
    with _ended_by(OSError):
        code = write_slides(lessons or (), out or ROOT / "slides", pdf=pdf)
    raise typer.Exit(code)


@app.command()
def site(
    out: Annotated[
        str | None,  # as a Path, the empty name would be the folder one stands in
        typer.Option(
            metavar="FOLDER",
            help="New, empty or an earlier site; else public/ in the course.",
            show_default=False,
        ),
    ] = None,
    reviews: Annotated[
        bool,
        typer.Option(
            "--with-reviews/--without-reviews",
            help="Whether cells can train on the film reviews in the page.",
        ),
    ] = True,
) -> None:
    """Write the course as web pages to read and run, for any server of files."""
    from lstm_course.commands.site import SiteError, write_site

    _need_lessons()
    if out is not None and not out.strip():
        raise typer.BadParameter(f"{out!r} is no folder", param_hint="'--out'")
    folder = ROOT / "public" if out is None else Path(out)
    with _ended_by(SiteError, 2), _ended_by(OSError):
        write_site(folder, reviews=reviews)
    typer.echo(
        f"{folder}: serve it with `python3 -m http.server --directory {folder}`; "
        "index.html can be read without a server, too."
    )


@app.command()
def restore(
    lessons: Annotated[
        list[str], typer.Argument(metavar="LESSON", help="Numbers or names.")
    ],
) -> None:
    """Bring an original lesson back into your workspace; keep yours beside it."""
    from lstm_course.commands.workspace import WorkspaceError, restore

    with _ended_by(WorkspaceError):
        code = restore(lessons, ROOT / "notebooks", ROOT / "workspace")
    raise typer.Exit(code)


@app.command(context_settings=_PASS_ON)
def test(
    ctx: typer.Context,
    quick: Annotated[
        bool, typer.Option("--quick", help="In a minute: no lessons, no slow tests.")
    ] = False,
    roundings: Annotated[
        bool,
        typer.Option("--roundings", help="Then the lessons as other machines round."),
    ] = False,
) -> None:
    """Run every test and compare every lesson's outputs; arguments go to pytest."""
    from lstm_course.commands.testing import pytest_command, run_under_roundings

    if quick and roundings:
        raise typer.BadParameter("--quick leaves out what --roundings is for")
    if roundings:
        raise typer.Exit(run_under_roundings(ctx.args, _in_checkout))
    raise typer.Exit(_in_checkout(pytest_command(ctx.args, quick=quick)))


@app.command()
def run(lessons: Lessons = None) -> None:
    """Execute lessons from top to bottom and say how long each took."""
    from lstm_course.commands.run import run_lessons

    raise typer.Exit(run_lessons(lessons or ()))


@app.command()
def refresh(
    lessons: Lessons = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say which are stale, and why.")
    ] = False,
) -> None:
    """Draw the diagrams, write the pages of solutions, execute the notebooks."""
    from lstm_course.commands.refresh import refresh, report_stale

    if check:
        raise typer.Exit(report_stale(lessons or ()))
    from lstm_course.commands.solutions import write_solutions
    from lstm_course.study.diagrams import draw_pictures

    draw_pictures(ROOT / "figures")
    write_solutions()
    raise typer.Exit(refresh(lessons or ()))


@app.command()
def train(
    engine: Annotated[
        Literal["numpy", "keras"], typer.Option(help="Whose code computes.")
    ] = "numpy",
    recipe: Annotated[
        Literal["book", "quick", "best"],
        typer.Option(
            help="book: the study notes' own; quick: better, in seconds; best: lesson "
            "15's, in a minute or two."
        ),
    ] = "quick",
    seed: Annotated[int, typer.Option(min=0, help="Of weights and shuffling.")] = 42,
    out: Annotated[
        str | None,  # as a Path, the empty name would be the folder one stands in
        typer.Option(
            metavar="FOLDER",
            help="New or empty, for model, history and picture; else one in runs/.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Train an LSTM on 20,000 film reviews; print what it reached and what it cost.

    Model, history and picture appear together when the run is over. Ctrl-C ends it
    early and keeps the best model; what a kill leaves is in FOLDER.unfinished.
    """
    from lstm_course.commands.train import train

    if out is not None and not out.strip():
        raise typer.BadParameter("it is empty; name a folder", param_hint="'--out'")
    with _ended_by(ValueError, 2), _ended_by(OSError):
        folder = None if out is None else Path(out)
        history = train(engine=engine, recipe=recipe, seed=seed, out=folder)
    raise typer.Exit(130 if history.ended == "interrupted" else 0)


@app.command()
def predict(
    sentences: Annotated[
        list[str] | None,
        typer.Argument(metavar='["SENTENCE"]...', help="Reviews, each in quotes."),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Else of the newest run, or of lesson 12."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Reviews, one a line; - reads from a pipe."),
    ] = None,
) -> None:
    """Say whether reviews are positive, by a model that was trained and saved."""
    from lstm_course.commands.predict import PredictError
    from lstm_course.commands.predict import predict as say

    with _ended_by(PredictError, 2), _ended_by(OSError):
        say(sentences or (), model=model, file=file)


@app.command()
def experiments(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="None lists the experiments."),
    ] = None,
    all_of_them: Annotated[
        bool, typer.Option("--all", help="Run every experiment.")
    ] = False,
    jobs: Annotated[
        int, typer.Option(min=1, help="Runs at a time, a process for each.")
    ] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(help="A Dask cluster that does the runs.", show_default=False),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Replace what is stored.")
    ] = False,
) -> None:
    """Measure the course's claims over several seeds; go on where it was stopped."""
    from lstm_course.commands.experiments import list_experiments, run_experiments
    from lstm_course.experiments.runner import ExperimentError, experiment_names

    if all_of_them:
        names = experiment_names()
    if not names:
        list_experiments()
        return
    with _ended_by(ExperimentError):
        code = run_experiments(names, jobs=jobs, scheduler=scheduler, again=again)
    raise typer.Exit(code)


@app.command()
def models(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="None lists the models."),
    ] = None,
) -> None:
    """Train the models that lessons look into, and write them to figures/models."""
    from lstm_course.commands.models import ModelError, list_models, make_models

    if not names:
        list_models()
        return
    with _ended_by(ModelError):
        make_models(names)


@app.command()
def progress(
    erase: Annotated[bool, typer.Option("--erase", help="Forget every try.")] = False,
) -> None:
    """Show which exercises you have passed; the record is a file on this machine."""
    from lstm_course.exercises.progress import (
        erase_progress,
        progress_file,
        show_progress,
    )

    with _ended_by(OSError):
        if erase:
            erase_progress()
        else:
            show_progress()
    typer.echo(f"{'Erased' if erase else 'Kept in'}: {progress_file()}")


@app.command()
def report(
    learner: Annotated[
        str | None, typer.Option(help="Whose progress it is.", show_default=False)
    ] = None,
) -> None:
    """Print the progress as one line of JSON, for a teacher to give feedback on.

    It says which mistakes the checks recognised, too. Not for grades: it is the
    learner's own file, which anybody can edit.
    """
    from lstm_course.exercises.progress import progress_as_json

    with _ended_by(OSError):
        typer.echo(progress_as_json(learner))


@app.command("class")
def show_class(
    folder: Annotated[
        str,  # as a Path, the empty name would be the folder one stands in
        typer.Argument(
            metavar="FOLDER", help="A file for each learner, with what report printed."
        ),
    ],
    csv: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            dir_okay=False,
            help="Write a row for each learner and exercise.",
        ),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="Draw what each has passed, by lesson."),
    ] = None,
    short_names: Annotated[
        bool, typer.Option("--short-names", help="Initials; numbers for files.")
    ] = False,
) -> None:
    """Show who passed what, the usual mistakes, and what to go through again.

    Files that cannot count are listed with why; the exit code is 1 if there are any.
    """
    from lstm_course.commands.class_progress import ClassError, show_class

    if not folder or not Path(folder).is_dir():
        raise typer.BadParameter(f"{folder!r} is no folder", param_hint="'FOLDER'")
    if picture is not None and picture.suffix.lower() != ".png":
        raise typer.BadParameter("its name must end in .png", param_hint="'--picture'")
    with _ended_by(ClassError, 2):
        code = show_class(
            Path(folder), csv_file=csv, picture=picture, short_names=short_names
        )
    raise typer.Exit(code)


@app.command()
def doctor() -> None:
    """Look at the installation and say what to do about each finding."""
    from lstm_course.commands.doctor import examine_setup, report_setup

    raise typer.Exit(report_setup(examine_setup()))


Machine = StrEnum("Machine", ["linux-x86_64", "linux-arm64", "macos-arm64", "windows"])
Python = StrEnum("Python", ["3.11", "3.12", "3.13"])


@app.command()
def wheels(
    machines: Annotated[
        list[Machine] | None, typer.Argument(help="None means this machine's kind.")
    ] = None,
    python: Annotated[
        list[Python] | None,
        typer.Option(help="Once for each version; none means the one here."),
    ] = None,
) -> None:
    """Fill the folder wheels/, by which copies of the course need no network."""
    from lstm_course.commands.wheels import WheelsError, fill_wheels

    with _ended_by(WheelsError):
        fill_wheels(machines or (), python or ())


def main() -> None:
    """Run the command line."""
    # Without compiled bytecode every import of TensorFlow costs twice as much.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    app()
