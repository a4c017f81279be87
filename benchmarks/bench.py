"""The same work by NumPy, Keras and PyTorch, side by side on this machine.

In every round each contender does the work in turn, in a process of its own. Compared
is CPU time within a round, so that what slows the machine down slows all of them;
reported is the median over the rounds, with the lowest and the highest.
"""

import importlib.util
import json
import multiprocessing
import platform
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from itertools import product
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import psutil
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator

from benchmarks.contenders import CONTENDERS, FEATURES, REFERENCE, Proof, Size, serve
from lstm_course.study.measurements import seal
from lstm_course.study.plots.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    save_svg,
)
from lstm_course.system.files import atomic_write

NUMPY = "NumPy"
Round = Mapping[str, Sequence[float]]  # wall and CPU seconds of each contender

_SPAWN = multiprocessing.get_context("spawn")
_PATIENCE = 300  # seconds for an answer
_LOOKS = [("o", BLUE), ("D", ORANGE), ("s", PURPLE), ("^", GREEN), ("v", GREY)]
_LOOK_OF = dict(zip(CONTENDERS, _LOOKS, strict=True))


class BenchError(Exception):
    """Why there is nothing to compare, in words for the reader."""


class Plan(NamedTuple):
    """How much to measure."""

    rounds: int
    times: int  # training steps and inferences a round
    epochs: int  # rounds of an epoch
    reviews: int  # in an epoch
    seconds: float  # for each size of the LSTM alone
    sizes: Sequence[Size]  # of the LSTM alone


_GRID = [Size(*size) for size in product((8, 32, 128), (25, 100, 400), (1, 32, 256))]
FULL = Plan(7, 50, 3, 20_000, 4, _GRID)
_FEW = [Size(8, 100, 1), Size(8, 25, 32), Size(32, 100, 32), Size(32, 100, 256)]
QUICK = Plan(3, 30, 1, 20_000, 1, _FEW)


class Work(NamedTuple):
    """Something that each contender does, and how often."""

    name: str
    piece: str
    size: Size
    rounds: int
    times: int | None  # a round; None: as often as there is time for


def planned(plan: Plan) -> list[Work]:
    """Return the works in order: of the reference model, then of the LSTM alone."""
    n, epoch = REFERENCE.batch, REFERENCE._replace(batch=plan.reviews)
    return [
        Work(f"inference of {n} reviews", "inference", REFERENCE, *plan[:2]),
        Work(f"training step of {n} reviews", "training step", REFERENCE, *plan[:2]),
        Work(f"epoch of {plan.reviews:,} reviews", "epoch", epoch, plan.epochs, 1),
    ] + [
        Work("LSTM alone, H {}, T {}, batch {}".format(*size), "layer", size, 5, None)
        for size in plan.sizes
    ]


def bench(*, quick: bool, out: Path) -> bool:
    """Measure, print, and write ``measurements/bench.json`` and ``bench.svg``.

    Args:
        quick: a minute's worth instead of six.
        out: the folder to write to; made where missing.

    Returns:
        Whether it ran to its end; after Ctrl-C no file has changed.

    Raises:
        BenchError: NumPy failed, or another does not do the same work.
        OSError: ``out`` cannot be written to.
    """
    out.mkdir(parents=True, exist_ok=True)  # fails now rather than after the work
    names = [*CONTENDERS]
    if importlib.util.find_spec("torch") is None:
        names = [name for name in names if "PyTorch" not in name]
        print(
            "PyTorch is not installed: its rows are left out. To add them, run in the "
            "environment of this checkout: pip install -e '.[bench]'"
        )
    machine = describe_machine()
    result: dict[str, Any] = {"quick": quick, "machine": machine, "works": []}
    print("; ".join(f"{name} {value}" for name, value in machine.items()))
    field = _Field()
    try:
        field.start(names)
        _measure_all(field, QUICK if quick else FULL, result)
    except KeyboardInterrupt:
        print("\nInterrupted: the rows above are complete; no file was written.")
        return False
    finally:
        field.end(*field.running)
    result["seal"] = seal(result)
    for sign in disturbances(result):
        print(f"Warning, the machine was not quiet: {sign}.")
    with atomic_write(out / "measurements" / "bench.json") as file:
        file.write(json.dumps(result, indent=1).encode())
    write_figure(result, out / "bench.svg")
    print(f"bench.svg and measurements/bench.json are in {out}")
    return True


def describe_machine() -> dict[str, Any]:
    """Return what the results depend on, and how many cores others keep busy now."""
    cpu = platform.processor() or platform.machine()
    with suppress(OSError, StopIteration):  # where Linux says more
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        cpu = next(line for line in lines if "model name" in line).split(": ")[1]
    cores = psutil.cpu_count() or 1
    machine = {
        "CPU": cpu,
        "cores": cores,
        "busy cores": round(psutil.cpu_percent(1) / 100 * cores, 2),
        "system": platform.system(),
        "Python": platform.python_version(),
    }
    for package in ("numpy", "keras", "tensorflow", "torch"):
        with suppress(metadata.PackageNotFoundError):
            machine[package] = metadata.version(package)
    return machine


def disturbances(result: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each sign that others used the machine."""
    signs = []
    if (busy := result["machine"]["busy cores"]) > 0.1:
        signs.append(f"before the start other processes kept {busy:g} cores busy")
    ours = [work["contenders"][NUMPY] for work in result["works"]]
    stretch = np.median([numbers["wall_ms"] / numbers["cpu_ms"] for numbers in ours])
    if stretch > 1.05:
        signs.append(f"NumPy's one thread took {stretch:.2f} times its CPU time")
    return signs


# Measuring ------------------------------------------------------------------------


class _Field:
    """The contenders that have not failed, each a process and the pipe to it."""

    def __init__(self) -> None:
        self.running: dict[str, tuple[Any, Connection]] = {}
        self.left_out: dict[str, str] = {}

    def start(self, names: Sequence[str]) -> None:
        # Processes started so ignore Ctrl-C: it is this one that ends them.
        ctrl_c = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            for name in names:
                pipe, theirs = _SPAWN.Pipe()
                process = _SPAWN.Process(
                    target=serve, args=(theirs, CONTENDERS[name]), daemon=True
                )
                process.start()
                theirs.close()  # so that its end is noticed here
                self.running[name] = process, pipe
        finally:
            signal.signal(signal.SIGINT, ctrl_c)
        self._listen(names)

    def ask(self, names: Sequence[str], *request: Any) -> dict[str, Any]:
        """Return the answers of those named, who work on them at the same time."""
        for name in names:
            with suppress(OSError):  # it has ended, and will not answer
                self.running[name][1].send(request)
        return self._listen(names)

    def end(self, *names: str) -> None:
        for name in names:
            process, _ = self.running.pop(name)
            process.terminate()
            process.join()

    def _listen(self, names: Sequence[str]) -> dict[str, Any]:
        answers = {}
        for name in names:
            process, pipe = self.running[name]
            well, answer = False, f"no answer within {_PATIENCE} seconds"
            try:
                if pipe.poll(_PATIENCE):
                    well, answer = pipe.recv()
            except (EOFError, ConnectionError):
                process.join(5)
                answer = f"its process ended with code {process.exitcode}"
            if well:
                answers[name] = answer
            elif name == NUMPY:
                raise BenchError(f"{name} failed: {answer}")
            else:
                print(f"  {name} is left out from here on: {answer}", flush=True)
                self.left_out[name] = answer
                self.end(name)
        return answers


def _measure_all(field: _Field, plan: Plan, result: dict[str, Any]) -> None:
    """Put all measurements into the result, and print them as they come."""
    flops, tanh = field.ask([NUMPY], "rates")[NUMPY]
    result |= {"gflops": _digits(flops / 1e9), "tanh_ns": _digits(tanh * 1e9)}
    print(
        "floor: products at {gflops:.3g} GFLOP/s, {tanh_ns:.2g} ns for a tanh, on one "
        "thread, and nothing else\n".format(**result)
    )
    print(_HEAD)
    check_alike(field.ask([*field.running], "model", plan.reviews))
    for work in planned(plan):
        print(work.name, flush=True)
        if work.piece == "layer":
            check_alike(field.ask([*field.running], "layer", work.size))
        times, rounds = _measure(field, work, plan.seconds)
        floor = floor_seconds(work, flops, tanh)
        contenders = summarize(rounds, floor)
        for name, numbers in contenders.items():
            print(_row(name, numbers), flush=True)
        measured = {"name": work.name, **work.size._asdict(), "times": times}
        measured |= {"floor_ms": _digits(1e3 * floor), "contenders": contenders}
        result["works"].append(measured)
    result["left_out"] = field.left_out


def check_alike(proofs: Mapping[str, Sequence[Proof]]) -> None:
    """Check that everyone's arrays are NumPy's.

    Raises:
        BenchError: they are not; names the contender and the array.
    """
    for name, theirs in proofs.items():
        for proof, other in zip(proofs[NUMPY], theirs, strict=True):
            distance = np.linalg.norm(other.array - proof.array)
            part = distance / np.linalg.norm(proof.array)
            if not part <= proof.tolerance:
                raise BenchError(
                    f"{name} does not do the same work as {NUMPY}: {proof.name} "
                    f"differs by {part:.1e} of it; expected {proof.tolerance:g} at most"
                )


def _measure(field: _Field, work: Work, seconds: float) -> tuple[int, list[Round]]:
    """Return how often each contender did the work in a round, and the rounds."""

    def one_round(names: Sequence[str], warm: int, times: int) -> Round:
        answers: dict[str, Any] = {}
        for name in names:
            answers |= field.ask([name], "measure", work.piece, warm, times)
        return answers

    rounds, times = work.rounds, work.times
    if times is None:
        once = sum(wall for wall, _ in one_round([*field.running], 0, 1).values())
        rounds = rounds if rounds * once < seconds else min(rounds, 3)
        times = max(1, int(seconds / rounds / once))
    return times, [
        one_round([*field.running][:: (-1) ** k], min(2, times - 1), times)
        for k in range(rounds)
    ]


# Computing ------------------------------------------------------------------------


def floor_seconds(work: Work, flops: float, tanh: float) -> float:
    """Return what the LSTM's products and tanh alone would take.

    Forward, a step is one product of (B, D + H) and (D + H, 4H), and a tanh for the
    cell and for each gate, the sigmoid being one, too. Backward there are two more
    products of that size: for the gradients of x and h, and for those of the weights.

    Args:
        work: what is done.
        flops: of matrix products, a second.
        tanh: seconds of one.
    """
    units, steps, batch = work.size
    products = 1 if work.piece == "inference" else 3
    multiplied = products * 2 * batch * (FEATURES + units) * 4 * units * steps
    return multiplied / flops + 5 * units * steps * batch * tanh


def summarize(rounds: Sequence[Round], floor: float) -> dict[str, dict[str, Any]]:
    """Return medians over the rounds, for each contender that finished them all.

    ``ratio`` is the median, over the rounds, of CPU time as a multiple of NumPy's, and
    ``wall_ratio`` of wall time; ``floors`` is CPU time as a multiple of the floor,
    which comes in seconds.
    """
    summary = {}
    ours = np.transpose([turns[NUMPY] for turns in rounds])  # (wall and CPU, rounds)
    for name in (name for name in CONTENDERS if name in rounds[-1]):
        times = np.transpose([turns[name] for turns in rounds])
        ratios = times / ours
        values = {
            "wall_ms": 1e3 * np.median(times[0]),
            "cpu_ms": 1e3 * np.median(times[1]),
            "wall_ratio": np.median(ratios[0]),
            "ratio": np.median(ratios[1]),
            "lowest": ratios[1].min(),
            "highest": ratios[1].max(),
            "floors": np.median(times[1]) / floor,
        }
        summary[name] = {key: _digits(value) for key, value in values.items()} | {
            f"{kind}_ms_by_round": [_digits(1e3 * seconds) for seconds in row]
            for kind, row in zip(("wall", "cpu"), times, strict=True)
        }
    return summary


def _digits(value: float) -> float:
    return float(f"{value:.4g}")


# Showing --------------------------------------------------------------------------

_COLUMNS = ("wall ms", "CPU ms", "CPU / NumPy's", "lowest – highest", "CPU / floor")
_HEAD = " " * 20 + "".join(f"{column:>18}" for column in _COLUMNS)


def _row(name: str, numbers: Mapping[str, Any]) -> str:
    keys = ("wall_ms", "cpu_ms", "ratio", "lowest", "highest", "floors")
    wall, cpu, ratio, low, high, floors = (_short(numbers[key]) for key in keys)
    values = (wall, cpu, ratio, f"{low} – {high}", floors)
    return f"  {name:<18}" + "".join(f"{value:>18}" for value in values)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.{1 if value >= 10 else 2}f}"


def describe(result: Mapping[str, Any]) -> str:
    """Return the figure's text alternative."""
    text = [
        "Six panels. Above, for three works of the reference model, CPU time as a bar "
        "for each contender, and as a dashed line the floor, the least that the "
        "arithmetic takes on this machine."
    ]
    for work in result["works"][:3]:
        bars = [
            f"{name}: {_short(numbers['cpu_ms'])} ms"
            + (
                ""
                if name == NUMPY
                else f" ({_short(numbers['ratio'])} times {NUMPY}'s)"
            )
            for name, numbers in work["contenders"].items()
        ]
        floor = f"floor: {_short(work['floor_ms'])} ms."
        text.append(f"For one {work['name']}, {'; '.join(bars)}; {floor}")
    text.append(
        "Below, for the LSTM alone, forward and backward, with batches of 1, 32 and "
        f"256, CPU time as a multiple of {NUMPY}'s by units and steps."
    )
    for name in CONTENDERS:
        alone = [work["contenders"].get(name) for work in result["works"][3:]]
        ratios = [numbers["ratio"] for numbers in alone if numbers]
        if ratios and name != NUMPY:
            text.append(
                f"{name}: {_short(min(ratios))} to {_short(max(ratios))}, above 1 at "
                f"{sum(ratio > 1 for ratio in ratios)} of {len(ratios)} sizes."
            )
    return " ".join(text)


def draw(result: Mapping[str, Any]) -> Figure:
    """Return a figure: the reference model's times above, the LSTM alone below."""
    figure, axes = plt.subplots(2, 3, figsize=(14, 8.5), sharey="row")
    model, alone = result["works"][:3], result["works"][3:]
    names = [*model[0]["contenders"]]
    for ax, work in zip(axes[0], model, strict=True):
        _draw_times(ax, work, names)
    axes[0, 0].set_yticks(range(len(names)), names)
    axes[0, 0].invert_yaxis()

    units, steps = (sorted({work[key] for work in alone}) for key in ("units", "steps"))
    for ax, batch in zip(axes[1], (1, 32, 256), strict=True):
        _draw_ratios(ax, [w for w in alone if w["batch"] == batch], units, steps)
        ax.set(title=f"LSTM alone, batch {batch}", xlabel="steps T, in groups by H")
    axes[1, 0].set(ylabel=f"CPU time, {NUMPY}'s = 1", yscale="log")
    axes[1, 0].yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes[1, 0].yaxis.set_minor_locator(NullLocator())
    axes[1, 0].yaxis.set_major_formatter("{x:g}")
    signs = [
        Line2D([], [], color=color, marker=marker, ls="", ms=9, label=name)
        for name, (marker, color) in _LOOK_OF.items()
        if name in names
    ]
    figure.legend(handles=signs, loc="outside lower center", ncols=len(signs))
    return figure


def _draw_times(ax: Axes, work: Mapping[str, Any], names: Sequence[str]) -> None:
    """Draw CPU time as a bar with its spread, wall time as a ring, and the floor."""
    for name, numbers in work["contenders"].items():
        y, cpu, wall = names.index(name), numbers["cpu_ms"], numbers["wall_ms"]
        spread = min(numbers["cpu_ms_by_round"]), max(numbers["cpu_ms_by_round"])
        ax.barh(y, cpu, 0.6, color=_LOOK_OF[name][1], alpha=0.7)
        ax.plot(spread, (y, y), "|-", color="black", lw=1.5)
        ax.plot(wall, y, "o", mfc="white", mec="black")
        times = "" if name == NUMPY else f" (×{_short(numbers['ratio'])})"
        ax.text(max(*spread, wall), y, f"   {_short(cpu)}{times}", va="center")
    ax.axvline(work["floor_ms"], color="black", ls="--")
    ax.margins(x=0.45)
    ax.set(title=work["name"], xlabel="ms: CPU (bar), wall (ring), floor (dashes)")
    ax.set_xlim(left=0)


def _draw_ratios(
    ax: Axes,
    works: Sequence[Mapping[str, Any]],
    units: Sequence[int],
    steps: Sequence[int],
) -> None:
    """Draw a sign and a spread for each ratio, the contenders' side by side."""
    places = {
        (h, t): j + k * (len(steps) + 0.5)
        for k, h in enumerate(units)
        for j, t in enumerate(steps)
    }
    for k, (name, (marker, color)) in enumerate(_LOOK_OF.items()):
        for work in works:
            if name != NUMPY and (numbers := work["contenders"].get(name)):
                x = places[work["units"], work["steps"]] + (k - 2.5) / 6
                ax.vlines(x, numbers["lowest"], numbers["highest"], color=color)
                ax.plot(x, numbers["ratio"], marker, color=color, ms=8)
    ax.axhline(1, color=_LOOK_OF[NUMPY][1])
    middle = steps[len(steps) // 2]
    labels = [f"{t}\nH = {h}" if t == middle else f"{t}" for h, t in places]
    ax.set_xticks([*places.values()], labels)
    ax.set_xlim(-0.6, max(places.values()) + 0.6)


def write_figure(result: Mapping[str, Any], path: Path) -> None:
    """Draw the result into an SVG file: from the same one come the same bytes."""
    save_svg(lambda: draw(result), path, Description=describe(result))
