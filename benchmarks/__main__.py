"""``python -m benchmarks``: measure NumPy, Keras and PyTorch side by side."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.bench import BenchError, bench
from lstm_course.system.paths import FIGURES

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    quick: Annotated[
        bool, typer.Option("--quick", help="A minute's worth instead of six.")
    ] = False,
    out: Annotated[
        Path,
        typer.Option(
            help="Folder for measurements and figure; else figures/.",
            show_default=False,
        ),
    ] = FIGURES,
) -> None:
    """Measure NumPy, Keras and PyTorch side by side; write and draw the result."""
    try:
        complete = bench(quick=quick, out=out)
    except BenchError as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None
    raise typer.Exit(0 if complete else 130)


if __name__ == "__main__":
    app(prog_name="python -m benchmarks")
