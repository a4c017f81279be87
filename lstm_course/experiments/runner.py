"""Run experiments case by case and seed by seed, and keep what each run gave.

Each run is stored as soon as it is finished, so an interruption costs the runs under
way and no other. What is stored belongs to one recipe and one set of versions: runs
of another are never added to it.
"""

import json
import math
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from threading import current_thread, main_thread
from types import FrameType
from typing import Any, NamedTuple

from joblib import Parallel, delayed, parallel_config

import lstm_course.experiments as package
from lstm_course.experiments.experiment import Experiment, Tuning
from lstm_course.experiments.sources import code_hash
from lstm_course.study.measurements import FOLDER, MeasurementError, read_sealed, seal
from lstm_course.system.files import atomic_write
from lstm_course.system.process import tune_process

_VERSIONS_OF = ("numpy", "keras", "tensorflow")
_DIGITS = 6  # of every number stored


class Outcome(NamedTuple):
    """How one run ended: with a result, or with a traceback in ``error``.

    Of a trial ``value`` is what was tried, and the result is its score.
    """

    case: str
    seed: int
    seconds: float
    result: dict[str, Any]
    error: str = ""
    value: float | None = None


class ExperimentError(Exception):
    """Why an experiment cannot be run, in words for the reader."""


def experiment_names() -> list[str]:
    """Return the names of all experiments: the modules here that hold one."""
    return sorted(
        name
        for _, name, _ in iter_modules(package.__path__)
        if hasattr(import_module(f"{package.__name__}.{name}"), "EXPERIMENT")
    )


def load_experiment(name: str) -> Experiment:
    """Return an experiment by its name.

    Raises:
        ExperimentError: there is none of this name; lists those there are.
    """
    if name not in (names := experiment_names()):
        raise ExperimentError(
            f"there is no experiment {name!r}; there are: {', '.join(names)}"
        )
    experiment: Experiment = import_module(f"{package.__name__}.{name}").EXPERIMENT
    return experiment


def missing_runs(
    experiment: Experiment, folder: Path = FOLDER
) -> list[tuple[str, int]]:
    """Return (case, seed) of the runs that have no stored result yet.

    Raises:
        ExperimentError: what is stored was measured by another recipe or other code,
            or some of it is missing and would be measured with other versions; or the
            file is damaged, or was changed after the measurement.
    """
    return work_to_do(experiment, folder)[1]


def work_to_do(
    experiment: Experiment, folder: Path = FOLDER, *, again: bool = False
) -> tuple[list[tuple[str, float, int]], list[tuple[str, int]]]:
    """Return (case, value, seed) of the trials and (case, seed) of the runs to do.

    Args:
        experiment: whose.
        folder: where its file is, or will be.
        again: all of them, whatever is stored.

    Raises:
        ExperimentError: see `missing_runs`.
    """
    if again:
        return experiment.trials(), experiment.runs()
    stored, now = _read(experiment, folder), _new_document(experiment)
    if stored["recipe"] != now["recipe"]:
        raise ExperimentError(
            f"{experiment.name} was measured by another recipe than it has now "
            f"({_difference(stored['recipe'], now['recipe'])}); "
            "--again measures it anew"
        )
    if stored["code"] != now["code"]:
        raise ExperimentError(
            f"{experiment.name} was measured by other code than it has now; "
            "--again measures it anew"
        )
    tried = stored.get("trials", {})
    trials = [
        (case, value, seed)
        for case, value, seed in experiment.trials()
        if str(seed) not in tried.get(case, {}).get(str(value), {})
    ]
    runs = [
        (case, seed)
        for case, seed in experiment.runs()
        if str(seed) not in stored["results"].get(case, {})
    ]
    if (trials or runs) and stored["versions"] != now["versions"]:
        raise ExperimentError(
            f"a part of {experiment.name} was measured with other versions than are "
            f"installed ({_difference(stored['versions'], now['versions'])}); "
            "--again measures all of it anew"
        )
    return trials, runs


def measure(
    experiment: Experiment,
    *,
    folder: Path = FOLDER,
    jobs: int = 1,
    scheduler: str | None = None,
    again: bool = False,
) -> Iterator[Outcome]:
    """Do the runs that are missing; store each, then hand it out, as they finish.

    Where a setting is tuned, its trials come first, and no run begins before all of
    them are over. The test part is opened by runs alone, after all choices. A run that
    fails is handed out with its traceback, and the others go on.

    Args:
        experiment: what to run.
        folder: where its file is, or will be.
        jobs: runs at a time, each in a process of its own where more than one.
        scheduler: address of a Dask cluster, which then does the runs.
        again: do every run, and replace what is stored.

    Raises:
        ExperimentError: see `missing_runs`; or there is no such cluster.
    """
    trials, runs = work_to_do(experiment, folder, again=again)
    document = _new_document(experiment) if again else _read(experiment, folder)
    with _cluster(scheduler) if scheduler else nullcontext():
        parallel = Parallel(
            n_jobs=None if scheduler else jobs,
            batch_size=1,
            return_as="generator_unordered",
        )
        failed = set[str]()
        tuning = experiment.tuning
        for outcome in parallel(
            delayed(_try)(experiment, tuning, *trial) for trial in trials if tuning
        ):
            if outcome.error:
                failed.add(outcome.case)
            else:
                of_case = document["trials"].setdefault(outcome.case, {})
                scores = of_case.setdefault(str(outcome.value), {})
                scores[str(outcome.seed)] = outcome.result["score"]
                _write(document, experiment, folder)
            yield outcome
        chosen_by = document.get("trials", {})
        for outcome in parallel(
            delayed(_run)(experiment, chosen_by.get(case, {}), case, seed)
            for case, seed in runs
            if case not in failed
        ):
            if not outcome.error:
                of_case = document["results"].setdefault(outcome.case, {})
                of_case[str(outcome.seed)] = outcome.result
                _write(document, experiment, folder)
            yield outcome


def rounded(value: Any) -> Any:
    """Return JSON-able numbers to six significant digits; None for inf and nan."""
    if isinstance(value, Mapping):
        return {str(key): rounded(item) for key, item in value.items()}
    if hasattr(value, "tolist"):  # NumPy's arrays and numbers
        return rounded(value.tolist())
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
    return value


def _try(
    experiment: Experiment, tuning: Tuning, case: str, value: float, seed: int
) -> Outcome:
    """Return the score of a trial; the test part stays closed."""
    setting = {tuning.setting: value}

    def score() -> dict[str, Any]:
        recipe = experiment.recipe | setting
        numbers = experiment.result(recipe, case, seed, judged=False)
        return {"score": numbers[tuning.score]}

    return _timed(score, case, seed)._replace(value=value)


def _run(
    experiment: Experiment,
    trials: Mapping[str, Mapping[str, float | None]],
    case: str,
    seed: int,
) -> Outcome:
    """Return the result of a run, with the setting that its case's trials chose."""

    def result() -> dict[str, Any]:
        tuning = experiment.tuning
        setting = {tuning.setting: tuning.best(trials)} if tuning else {}
        return setting | experiment.result(experiment.recipe | setting, case, seed)

    return _timed(result, case, seed)


def _timed(work: Callable[[], dict[str, Any]], case: str, seed: int) -> Outcome:
    tune_process()
    started = time.perf_counter()
    result, error = {}, ""
    try:
        with _every_interrupt_raised():
            result = rounded(work())
            json.dumps(result)  # what cannot be stored fails here, with its name
    except Exception:
        error = traceback.format_exc()
    return Outcome(case, seed, time.perf_counter() - started, result, error)


@contextmanager
def _every_interrupt_raised() -> Iterator[None]:
    """Raise KeyboardInterrupt at the end, too, where ``fit`` made a result of it."""
    if current_thread() is not main_thread():  # on a cluster; Ctrl-C is not for us
        yield
        return
    interrupted = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if interrupted:
        raise KeyboardInterrupt


@contextmanager
def _cluster(address: str) -> Iterator[None]:
    if find_spec("distributed") is None:
        raise ExperimentError(
            "runs on a cluster need the packages dask and distributed, which are not "
            "installed; install them: pip install -e .[cluster]"
        )
    distributed = import_module("distributed")
    try:
        client = distributed.Client(address)
    except (OSError, ValueError) as error:  # a wrong address, or nobody there
        raise ExperimentError(f"no Dask scheduler at {address}: {error}") from None
    with client, parallel_config("dask", n_jobs=-1):
        yield


def _read(experiment: Experiment, folder: Path) -> dict[str, Any]:
    anew = f"lstm-course experiments {experiment.name} --again"
    try:
        return read_sealed(folder / f"{experiment.name}.json", anew=anew)
    except FileNotFoundError:
        return _new_document(experiment)
    except (MeasurementError, OSError) as error:
        raise ExperimentError(str(error)) from None


def _new_document(experiment: Experiment) -> dict[str, Any]:
    return {
        "question": experiment.question,
        "recipe": json.loads(json.dumps(experiment.whole_recipe())),  # no tuples
        "versions": _versions(),
        "code": code_hash(experiment.name),
        **({"trials": {}} if experiment.tuning else {}),
        "results": {},
    }


def _write(document: dict[str, Any], experiment: Experiment, folder: Path) -> None:
    """Write the file whole, with the results in the experiment's own order."""
    seeds = [str(seed) for seed in experiment.seeds]
    whole = document | {
        "question": experiment.question,
        "results": {
            case: _in_order(document["results"][case], seeds)
            for case in experiment.cases
            if case in document["results"]
        },
    }
    if experiment.tuning:
        whole["trials"] = {
            case: _in_order(document["trials"][case], map(str, experiment.tuning.grid))
            for case in experiment.cases
            if case in document["trials"]
        }
    text = json.dumps(whole | {"seal": seal(whole)}, indent=1, allow_nan=False)
    with atomic_write(folder / f"{experiment.name}.json") as file:
        file.write(f"{text}\n".encode())


def _in_order(named: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: named[name] for name in names if name in named}


def _versions() -> dict[str, str]:
    return {name: metadata.version(name) for name in _VERSIONS_OF}


def _difference(stored: dict[str, Any], now: dict[str, Any]) -> str:
    keys = [key for key in stored | now if stored.get(key) != now.get(key)]
    return ", ".join(f"{key}: {stored.get(key)} -> {now.get(key)}" for key in keys)
