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
from collections.abc import Callable, Iterator, Mapping
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
from lstm_course.experiments.checks import Check
from lstm_course.experiments.sources import code_hash
from lstm_course.study.measurements import FOLDER, MeasurementError, read_sealed, seal
from lstm_course.system.files import atomic_write
from lstm_course.system.process import tune_process

_VERSIONS_OF = ("numpy", "keras", "tensorflow")
_DIGITS = 6  # of every number stored

Run = Callable[[dict[str, Any], str, int], dict[str, Any]]


class Experiment(NamedTuple):
    """A question, and the runs that answer it.

    Attributes:
        name: of its module here and of its file in figures/measurements.
        question: one sentence.
        recipe: everything that decides a result except case and seed; JSON-able.
        cases: what is compared.
        seeds: at least five where a comparison is drawn.
        run: (recipe, case, seed) -> JSON-able numbers.
        watched: the key of the result that is printed when a run ends.
        checks: what a test runs, in seconds, and holds against what is stored.
    """

    name: str
    question: str
    recipe: dict[str, Any]
    cases: tuple[str, ...]
    seeds: tuple[int, ...]
    run: Run
    watched: str
    checks: tuple[Check, ...] = ()

    def runs(self) -> list[tuple[str, int]]:
        """Return (case, seed) of every run, a seed of each case before the next."""
        return [(case, seed) for seed in self.seeds for case in self.cases]


class Outcome(NamedTuple):
    """How one run ended: with a result, or with a traceback in ``error``."""

    case: str
    seed: int
    seconds: float
    result: dict[str, Any]
    error: str = ""


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
    missing = [
        (case, seed)
        for case, seed in experiment.runs()
        if str(seed) not in stored["results"].get(case, {})
    ]
    if missing and stored["versions"] != now["versions"]:
        raise ExperimentError(
            f"a part of {experiment.name} was measured with other versions than are "
            f"installed ({_difference(stored['versions'], now['versions'])}); "
            "--again measures all of it anew"
        )
    return missing


def measure(
    experiment: Experiment,
    *,
    folder: Path = FOLDER,
    jobs: int = 1,
    scheduler: str | None = None,
    again: bool = False,
) -> Iterator[Outcome]:
    """Do the runs that are missing; store each, then hand it out, as they finish.

    A run that fails is handed out with its traceback, and the others go on.

    Args:
        experiment: what to run.
        folder: where its file is, or will be.
        jobs: runs at a time, each in a process of its own where more than one.
        scheduler: address of a Dask cluster, which then does the runs.
        again: do every run, and replace what is stored.

    Raises:
        ExperimentError: see `missing_runs`; or there is no such cluster.
    """
    missing = experiment.runs() if again else missing_runs(experiment, folder)
    document = _new_document(experiment) if again else _read(experiment, folder)
    results: dict[str, dict[str, Any]] = document["results"]
    with _cluster(scheduler) if scheduler else nullcontext():
        outcomes = Parallel(
            n_jobs=None if scheduler else jobs,
            batch_size=1,
            return_as="generator_unordered",
        )(delayed(_run)(experiment, case, seed) for case, seed in missing)
        for outcome in outcomes:
            if not outcome.error:
                results.setdefault(outcome.case, {})[str(outcome.seed)] = outcome.result
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


def _run(experiment: Experiment, case: str, seed: int) -> Outcome:
    tune_process()
    started = time.perf_counter()
    result, error = {}, ""
    try:
        with _every_interrupt_raised():
            result = rounded(experiment.run(experiment.recipe, case, seed))
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
        "recipe": json.loads(json.dumps(experiment.recipe)),  # lists for tuples
        "versions": _versions(),
        "code": code_hash(experiment.name),
        "results": {},
    }


def _write(document: dict[str, Any], experiment: Experiment, folder: Path) -> None:
    """Write the file whole, with the results in the experiment's own order."""
    results = document["results"]
    in_order = {
        case: {
            str(seed): results[case][str(seed)]
            for seed in experiment.seeds
            if str(seed) in results[case]
        }
        for case in experiment.cases
        if case in results
    }
    whole = document | {"question": experiment.question, "results": in_order}
    text = json.dumps(whole | {"seal": seal(whole)}, indent=1, allow_nan=False)
    with atomic_write(folder / f"{experiment.name}.json") as file:
        file.write(f"{text}\n".encode())


def _versions() -> dict[str, str]:
    return {name: metadata.version(name) for name in _VERSIONS_OF}


def _difference(stored: dict[str, Any], now: dict[str, Any]) -> str:
    keys = [key for key in stored | now if stored.get(key) != now.get(key)]
    return ", ".join(f"{key}: {stored.get(key)} -> {now.get(key)}" for key in keys)
