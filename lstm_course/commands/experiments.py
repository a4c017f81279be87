"""``experiments``: measure claims over several seeds, and say what is measured."""

from collections.abc import Iterable
from pathlib import Path

from lstm_course.experiments.runner import (
    ExperimentError,
    experiment_names,
    load_experiment,
    measure,
    missing_runs,
    work_to_do,
)
from lstm_course.study.measurements import FOLDER


def list_experiments(folder: Path = FOLDER) -> None:
    """Print each experiment's question, and how many of its runs are stored."""
    for experiment in map(load_experiment, experiment_names()):
        total = len(experiment.runs())
        try:
            state = f"{total - len(missing_runs(experiment, folder))} of {total} runs"
        except ExperimentError as error:
            state = str(error)
        print(f"{experiment.name:18} {state}\n    {experiment.question}")


def run_experiments(
    names: Iterable[str],
    *,
    folder: Path = FOLDER,
    jobs: int = 1,
    scheduler: str | None = None,
    again: bool = False,
) -> int:
    """Do the missing runs of experiments, and print a line for each.

    Returns:
        The exit code: 0, or 1 when a run failed, or 130 after Ctrl-C.

    Raises:
        ExperimentError: an unknown name, another recipe or code than the stored one's,
            a damaged file, or no cluster at the scheduler's address. Nothing of that
            experiment was run.
    """
    failed: list[str] = []
    for experiment in [load_experiment(name) for name in names]:
        trials, runs = work_to_do(experiment, folder, again=again)
        print(f"{experiment.name}: {experiment.question}")
        if trials:
            print(f"{len(trials)} of {len(experiment.trials())} trials to do")
        print(f"{len(runs)} of {len(experiment.runs())} runs to do", flush=True)
        try:
            for number, outcome in enumerate(
                measure(
                    experiment,
                    folder=folder,
                    jobs=jobs,
                    scheduler=scheduler,
                    again=again,
                ),
                start=1,
            ):
                run = f"{outcome.case}, seed {outcome.seed}"
                key = experiment.watched
                if outcome.value is not None:
                    run, key = f"{run}, trial of {outcome.value}", "score"
                ended = (
                    "failed" if outcome.error else f"{key} {outcome.result.get(key)}"
                )
                progress = f"{number} of {len(trials) + len(runs)}"
                print(f"{progress}  {run}: {ended}, {outcome.seconds:.1f} s")
                if outcome.error:
                    print(outcome.error)
                    failed.append(f"{experiment.name}, {run}")
        except KeyboardInterrupt:
            print(
                "Interrupted. The finished runs are stored; the same command goes on "
                "with the rest."
            )
            return 130
    if failed:
        print("Failed, and nothing stored for them:", *failed, sep="\n  ")
    return int(bool(failed))
