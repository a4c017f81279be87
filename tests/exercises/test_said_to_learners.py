"""What is said to answers that learners gave in lessons 07 to 12, and of any kind.

Each was told something false once, or nothing of use; or it was wrong and passed. A row
is an exercise, the answer as it was written, and what is said or must not be.
"""

import textwrap
from collections import Counter
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import lstm_course
from lstm_course.checker import guard
from lstm_course.checker.draws import draw_numbers
from lstm_course.checker.exercise import Quiz
from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.contents import find_exercise
from lstm_course.exercises.limits import T_LIMIT

IN_A_CELL = {
    **vars(lstm_course.plain),
    **{
        name: getattr(lstm_course, name)
        for name in (
            "GRUParams",
            "cut_windows",
            "fit_least_squares",
            "gru_step",
            "pad_batch",
            "sigmoid",
            "tokenize",
            "lstm_forward",
        )
    },
    "Counter": Counter,
    "Fraction": Fraction,
    "np": np,
    "pd": pd,
    "stats": stats,
    "t_limit": T_LIMIT,
}


def verdict(name, source, seed=1):
    """What is said of an answer: a function, the last in its source, or a value."""
    exercise = find_exercise(name)
    names = dict(IN_A_CELL)
    if exercise.cases is None:
        cases = (
            {"": draw_numbers(exercise, seed)} if isinstance(exercise, Quiz) else None
        )
        return verdict_on(name, eval(source, names), cases)  # noqa: S307 - ours
    exec(textwrap.dedent(source), names)
    return verdict_on(name, names["answer"])


# What is right ------------------------------------------------------------------

BASELINES = """
def answer(series, known, length):
    past, later = series[:known], series[known:]
    inputs, targets = cut_windows(past, length)
    unseen, truth = cut_windows(later, length)
    rule = fit_least_squares(inputs, targets)
    spread = past.std()
    last = np.sqrt(np.mean((unseen[:, -1] - truth) ** 2)) / spread
    ours = np.sqrt(np.mean((rule(unseen) - truth) ** 2)) / spread
    return last, ours
"""
BESIDE = """
def answer(ours, baseline, disagree, reviews, published, near):
    lead = ours - baseline
    ahead, n = lead.mean(), len(lead)
    seeds = lead.std(ddof=1) / np.sqrt(n)
    both = np.sqrt((disagree - ahead**2) / reviews)
    better = ahead > np.hypot(t_limit[n] * seeds, 1.96 * both)
    close = abs(published - ours.mean()) <= near
    return ahead, seeds, both, better, close
"""
AHEAD = """
def answer(first, second):
    both = [seed for seed in first if seed in second]
    points = np.array([first[seed] - second[seed] for seed in both])
    n, mean = len(points), points.mean()
    error = points.std(ddof=1) / np.sqrt(n)
    who = "nobody"
    if abs(mean) > t_limit[n] * error:
        who = "first" if mean > 0 else "second"
    return mean, error, who
"""
KEEP = """
def answer(start, train, measure, epochs, patience):
    weights, lowest, waited = start.copy(), np.inf, 0
    for epoch in range(1, epochs + 1):
        train(weights)
        loss = measure(weights)
        waited += 1
        if loss < lowest:
            kept, lowest, best, waited = weights.copy(), loss, epoch, 0
        if waited == patience:
            break
    return kept, epoch, best
"""
BAG = """
def answer(ids, labels, asked, size):
    def shares(rows):
        counts = np.bincount(rows[rows > 0], minlength=size) + 1.0
        counts[0] = 1
        return counts / counts.sum()
    scores = np.log(shares(ids[labels == 1]) / shares(ids[labels == 0]))
    true = asked > 0
    return np.sum(scores[asked] * true, axis=1) / true.sum(axis=1)
"""
GRU = """
def answer(x_t, state, params):
    h = state.h
    W, U, b = params
    b_x, b_h = b if b.ndim == 2 else (b, 0 * b)
    x_z, x_r, x_n = np.split(x_t @ W + b_x, 3, axis=1)
    U_z, U_r, U_n = np.split(U, 3, axis=1)
    b_z, b_r, b_n = np.split(b_h, 3)
    z = sigmoid(x_z + h @ U_z + b_z)
    r = sigmoid(x_r + h @ U_r + b_r)
    after, before = r * (h @ U_n + b_n), (r * h) @ U_n
    n = np.tanh(x_n + (after if b.ndim == 2 else before))
    return z * h + (1 - z) * n
"""
VERDICTS = """
def answer(h, c, w, b):
    p = sigmoid(h @ w + b)
    first = np.full((len(h), 1), sigmoid(np.array(b)))
    moves = np.diff(p, axis=1, prepend=first)
    return p, np.abs(moves).argmax(axis=1)
"""
WHOLE = {
    "baseline_errors": BASELINES,
    "put_it_beside": BESIDE,
    "who_is_ahead": AHEAD,
    "keep_the_best": KEEP,
    "bag_by_counting": BAG,
    "gru_step": GRU,
    "follow_the_verdict": VERDICTS,
}

RIGHT = [
    *((name, "", "") for name in WHOLE),
    # pandas' objects and fractions are their values
    ("put_it_beside", "return ahead, seeds, both, better, close", """return pd.Series({
        "close": close, "better": better, "over_reviews": both, "over_seeds": seeds,
        "ahead": ahead})"""),
    ("put_it_beside", "return ahead, seeds, both, better, close", """
    return pd.DataFrame({"ahead": [ahead], "over_seeds": [seeds],
         "over_reviews": [both], "better": [better], "close": [close]})"""),
    ("who_is_ahead", "return mean, error, who", "return pd.Series([mean, error, who])"),
    ("who_is_ahead", "mean = len(points), points.mean()", """mean = len(points), sum(
        Fraction(point) for point in points.tolist()) / len(points)"""),
    ("baseline_errors", "return last, ours", "return pd.DataFrame([[last, ours]])"),
    # a paired test says the same as the limits
    ("who_is_ahead", "if abs(mean) > t_limit[n] * error:", """if stats.ttest_rel(
        [first[s] for s in both], [second[s] for s in both]).pvalue < 0.05:"""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new"), RIGHT)
@pytest.mark.usefixtures("in_this_process")
def test_right(name, old, new):
    said = verdict(name, changed(name, old, new))
    assert said.outcome == "passed", said.text


def changed(name, old, new):
    source = WHOLE[name]
    assert not old or source.count(old) == 1
    return source.replace(old, new) if old else source


def test_a_library_may_be_imported_inside():
    source = "def answer(series, known, length):\n    import sklearn.linear_model\n"
    said = verdict("baseline_errors", source + BASELINES.split("\n", 2)[2])
    assert said.outcome == "passed", said.text


@pytest.mark.skipif(not guard._COPIES, reason="a thread cannot be asked so")
def test_an_import_that_takes_too_long_is_named(monkeypatch, tmp_path):
    package = tmp_path / "site-packages" / "slowlib"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("while True: pass\n")
    monkeypatch.syspath_prepend(package.parent)
    limits = {"seconds": 0.3, "longest": 300}
    monkeypatch.setattr(guard.guarded, "__kwdefaults__", limits)
    said = verdict("gru_step", "def answer(*_):\n    import slowlib")
    assert "it was importing slowlib. Import it in a cell" in said.text


# What is wrong ------------------------------------------------------------------

LIMITS = "t_limit[n] * error"
WRONG = [
    # B: what pandas calls the standard deviation
    ("baseline_errors", "past.std()", "pd.Series(past).std()", ".std() of pandas", ""),
    # E: the start is no epoch
    ("keep_the_best", "start.copy(), np.inf, 0\n", """start.copy(), np.inf, 0
    lowest, best, kept = measure(weights), 0, start.copy()\n""",
     "holds the start against the others", ""),
    ("keep_the_best", "            break\n", """
            for _ in range(epoch, epochs):
                train(weights)
            break\n""", "trains to the end", ""),
    # a part that is wrong is no cause of the whole
    ("keep_the_best", "return kept, epoch, best", "return kept, best, best",
     "best_epoch stands where epoch should", "changed places"),
    ("keep_the_best", "return kept, epoch, best", "return kept, epoch + 1, best + 1",
     "the last epoch is not right", "epoch too long"),
    # two mistakes where there is one, or none of the two
    ("who_is_ahead", '"first" if mean > 0 else "second"',
     '"second" if mean > 0 else "first"', "Your winner is the one behind", "sign"),
    ("who_is_ahead", "return mean, error, who", "return 0.0, 0.0, 'nobody'",
     "the difference is not right", "mistakes in it"),
    # next to nothing, which many mistakes come to
    ("baseline_errors", "return last, ours", "return 0.0, 0.0",
     "Every number that you return is 0, in every case. If you computed it", ""),
    ("put_it_beside", "return ahead, seeds, both, better, close", "return [0] * 5",
     "Every number that you return is 0, in every case.", "mistakes in it"),
    ("gru_step", "return z * h + (1 - z) * n", "return h",
     "You return one of the arguments as it came in.", "mistakes in it"),
    # each number of a rule is told from others
    ("put_it_beside", "1.96 * both", "1.5 * both", "better is not right", ""),
    ("put_it_beside", "1.96 * both", "3 * both", "better is not right", "few seeds"),
    ("put_it_beside", "t_limit[n] * seeds", "2 * seeds", "however few they are", ""),
    ("put_it_beside", "t_limit[n] * seeds", "1.5 * seeds", "better is not", "two"),
    ("put_it_beside", "t_limit[n] * seeds", "3 * seeds", "better is not right", ""),
    # the squares of the half-widths add up
    ("put_it_beside", "np.hypot(t_limit[n] * seeds, 1.96 * both)",
     "t_limit[n] * seeds and ahead > 1.96 * both", "asks each error by itself", ""),
    ("put_it_beside", "np.hypot(t_limit[n] * seeds, 1.96 * both)",
     "max(t_limit[n] * seeds, 1.96 * both)", "asks each error by itself", ""),
    ("put_it_beside", "np.hypot(t_limit[n] * seeds, 1.96 * both)",
     "t_limit[n] * seeds + 1.96 * both", "adds the two half-widths", ""),
    ("put_it_beside", "np.hypot(t_limit[n] * seeds, 1.96 * both)",
     "t_limit[n] * seeds or ahead > 1.96 * both", "one of the two", ""),
    ("put_it_beside", "np.hypot(t_limit[n] * seeds, 1.96 * both)",
     "t_limit[n] * np.hypot(seeds, both)", "that of the few seeds", ""),
    ("who_is_ahead", LIMITS, "2 * error", "however few the runs", ""),
    ("who_is_ahead", LIMITS, "1.5 * error", "who is ahead is not", "about two"),
    ("who_is_ahead", LIMITS, "0.5 * error", "who is ahead is not", "needs one"),
    ("who_is_ahead", LIMITS, "3 * error", "who is ahead is not", "about two"),
    # the error of one accuracy, or of accuracies on other reviews
    ("put_it_beside", "np.sqrt((disagree - ahead**2) / reviews)",
     "np.sqrt(ours.mean() * (1 - ours.mean()) / reviews)", "of one accuracy", ""),
    # made from the solution itself: names, terms, axes, orders, signs
    ("baseline_errors", "past.std()", "past.var()", "var stands where std should", ""),
    ("bag_by_counting", "np.log(", "np.log2(", "log2 stands where log should", ""),
    ("bag_by_counting", "(scores[asked] * true", "(np.abs(scores)[asked] * true",
     "its sign is lost", ""),
    ("gru_step", "h @ U_n + b_n", "h @ U_n.T + b_n", "U_n is transposed", ""),
    ("gru_step", "x_z, x_r, x_n =", "x_n, x_z, x_r =", "order should be another", ""),
    ("gru_step", "h @ U_r + b_r", "h @ U_r", "b_r is left out", ""),
    ("follow_the_verdict", "h @ w + b", "h @ w - b", "plus is missing", ""),
    ("follow_the_verdict", "argmax(axis=1)", "argmax()", "axis=1 is left out", ""),
    ("follow_the_verdict", ".argmax(", ".argmin(", "argmin stands where argmax", ""),
    ("put_it_beside", "return ahead, seeds, both", "return ahead, both, seeds",
     "over_seeds and over_reviews have changed places", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "said", "unsaid"), WRONG)
@pytest.mark.usefixtures("in_this_process")
def test_wrong(name, old, new, said, unsaid):
    found = verdict(name, changed(name, old, new))
    assert found.outcome == "failed"
    assert said in found.text, found.text
    assert not unsaid or unsaid not in found.text, found.text


WRONG_ELSEWHERE = [
    ("compare_with_keras", "answer = lambda w, x, t: 0.0",
     "Every number that you return is 0, in every case.", "mistakes"),
    ("compare_with_keras", "answer = lambda w, x, t: 0.0", "", "turned round"),
    ("compare_with_keras", "answer = lambda w, x, t: -0.0",  # a zero, too
     "Every number that you return is 0, in every case.", ""),
    ("clip_gradients", "answer = lambda grads, limit: grads", "", "by its own norm"),
    # "by your own hand" is without the course's
    ("pad_and_mask", """def answer(reviews, length, padding, truncating):
        return pad_batch(reviews, length, padding=padding, truncating=truncating)""",
     "write it yourself", ""),
    ("roll_out", "from lstm_course import roll_out as own\n"
     "answer = lambda *arguments: own(*arguments)", "write it yourself", ""),
    ("gru_step", "answer = lambda x_t, state, params: gru_step(x_t, state, params)",
     "write it yourself", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "source", "said", "unsaid"), WRONG_ELSEWHERE)
@pytest.mark.usefixtures("in_this_process")
def test_wrong_elsewhere(name, source, said, unsaid):
    found = verdict(name, source)
    assert found.outcome == "failed"
    assert said in found.text, found.text
    assert not unsaid or unsaid not in found.text, found.text


# Quizzes ------------------------------------------------------------------------


def asked(name, numbers, answer):
    return verdict_on(name, answer, {"": numbers})


def test_what_ends_at_the_lowest_loss_of_all_may_be_two_things():
    curve = [0.66, 0.63, 0.65, 0.64, 0.7, 0.69, 0.61], 2
    said = asked("read_the_curve", curve, (7, 7))
    assert said.text.startswith("It may be one of 2 mistakes. Your run goes on")
    assert "Or: Your epochs are compared with the one before" in said.text


def test_an_early_end_is_not_said_to_be_one_epoch_early():
    curve = [0.66, 0.67, 0.62, 0.64, 0.65, 0.6], 2
    said = asked("read_the_curve", curve, (2, 1))
    assert said.mistakes == ("curve-stops-one-earlier",)
    assert "too soon" not in said.text
    assert "waits for one epoch fewer than the patience" in said.text


def test_the_error_of_two_separate_test_parts_is_named():
    reviews, right, bag_alone, model_alone = 900, 729, 22, 50
    p, q = 0.81, 757 / 900
    error = np.sqrt((p * (1 - p) + q * (1 - q)) / reviews)
    numbers = reviews, right, bag_alone, model_alone
    said = asked("is_it_a_gain", numbers, (round(error, 4), False))
    assert "error-as-of-other-reviews" in said.mistakes
    said = asked("is_it_a_gain", numbers, (Fraction(94, 10000), True))
    assert said.outcome == "passed"


def test_a_kept_epoch_before_the_last_is_named():
    said = asked(
        "read_the_curve", draw_numbers(find_exercise("read_the_curve"), 1), (3, 2)
    )
    assert said.mistakes == ("curve-epoch-before-the-last-kept",)


@pytest.mark.parametrize("seed", range(21))
def test_the_square_of_the_lead_shows_in_the_error(seed):
    """A forgotten δ² changes the four decimals that are asked for, and is named."""
    reviews, right, bag_alone, model_alone = numbers = draw_numbers(
        find_exercise("is_it_a_gain"), seed
    )
    d = (bag_alone + model_alone) / reviews
    delta = (model_alone - bag_alone) / reviews
    error, without = np.sqrt((d - delta**2) / reviews), np.sqrt(d / reviews)
    assert f"{error:.4f}" != f"{without:.4f}"
    better = bool(delta > 1.96 * error)
    assert asked("is_it_a_gain", numbers, (round(error, 4), better)).outcome == "passed"
    said = asked("is_it_a_gain", numbers, (round(without, 4), better))
    assert "error-without-the-lead" in said.mistakes
    assert model_alone <= reviews - right, "where the bag is wrong"


@pytest.mark.parametrize("seed", range(6))
def test_a_half_life_in_the_place_of_the_share_is_named(seed):
    numbers = draw_numbers(find_exercise("half_life"), seed)
    first, share = find_exercise("half_life").solution(*numbers)
    said = asked("half_life", numbers, (round(share, 2), round(first, 2)))
    assert "Your two numbers have changed places" in said.text


def test_the_units_taken_for_the_features_are_named():
    layers = "[('Input', (30, 12)), ('LSTM', 12, True), ('LSTM', 6, True)"
    said = verdict("rebuild_the_model", layers + ", ('LSTM', 10, False), ('Dense', 2)]")
    assert said.mistakes == ("rebuilt-units-taken-for-features",)


# What raises --------------------------------------------------------------------

ONE_NUMBER = "(math.tanh takes one number: for an array use np.tanh.)"
NONE = "(Something there is None: a function that ends without return gives None.)"
TRAINED = "train changes its array, and returns nothing"
HELD = """
from lstm_course import forward_with
def answer(x, params, unit, value, start):
    def change(t, gates):
        if t >= start:
            f = gates.f.copy()
            f[:, unit] = value
            return gates._replace(f=f)
    return forward_with(x, params, change)[0]
"""
LOOP = """
def answer(start, train, measure, epochs, patience):
    weights = start.copy()
    for epoch in range(epochs):
"""
RAISES = [
    ("rnn_step", """
import math
def answer(x_t, h, weights):
    W_x, W_h, b = weights
    return math.tanh(x_t @ W_x.T + h @ W_h.T + b)
""", ONE_NUMBER),
    ("hold_a_gate", HELD, NONE),
    ("keep_the_best", LOOP + """
        weights = train(weights)
        loss = measure(weights)
""", f"measure was given None: {TRAINED}"),
    ("keep_the_best", LOOP + """
        weights = train(weights)
""", f"train was given None: {TRAINED}"),
    ("keep_the_best", LOOP + """
        best = train(weights).copy()
""", NONE),
    ("rnn_step", "def answer(x_t, h, weights): return h.shape[7]", "out of range"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "source", "said"), RAISES)
@pytest.mark.usefixtures("in_this_process")
def test_what_raises(name, source, said):
    found = verdict(name, source)
    assert found.outcome == "failed"
    assert said in found.text, found.text
    others = {ONE_NUMBER, NONE} - {said}
    assert not any(other in found.text for other in others)


# Comparisons and weights (lesson 11) --------------------------------------------

OVERALL = "np.mean([*first.values()]) - np.mean([*second.values()])"
UNPAIRED = """np.sqrt(sum(
        np.var([runs[s] for s in both], ddof=1) / n for runs in (first, second)))"""
OF_ALL = """np.sqrt(sum(
        np.var([*runs.values()], ddof=1) / len(runs) for runs in (first, second)))"""
PAIRED = "points.std(ddof=1) / np.sqrt(n)"


@pytest.mark.parametrize(
    ("mean", "error", "limit", "mistakes"),
    [
        (OVERALL, PAIRED, "n", {"difference-of-two-whole-means"}),
        (OVERALL, OF_ALL, "n", {"runs-not-paired"}),
        (
            OVERALL,
            UNPAIRED,
            "n",
            {"difference-of-two-whole-means", "error-of-unpaired-runs"},
        ),
        ("points.mean()", OF_ALL, "n", {"error-of-all-runs"}),
        ("points.mean()", UNPAIRED, "n", {"error-of-unpaired-runs"}),
        (
            "points.mean()",
            UNPAIRED,
            "len(first)",
            {"error-of-unpaired-runs", "limit-of-all-runs"},
        ),
    ],
)
@pytest.mark.usefixtures("in_this_process")
def test_runs_that_are_not_paired_are_named(mean, error, limit, mistakes):
    source = changed(
        "who_is_ahead", "len(points), points.mean()", f"len(points), {mean}"
    )
    source = source.replace(PAIRED, error).replace("t_limit[n]", f"t_limit[{limit}]")
    assert set(verdict("who_is_ahead", source).mistakes) == mistakes


@pytest.mark.parametrize(
    ("bias", "mistake"),
    [
        ("ours(b_x + b_h)", "biases-added-up"),
        ("ours(b_x + b_h)[np.newaxis]", "biases-added-up-as-a-row"),
        ("[ours(b_x + b_h), np.zeros(len(b_x))]", "biases-added-up-in-the-first-row"),
        ("b_x + b_h", "biases-added-up-as-they-came"),
    ],
)
@pytest.mark.usefixtures("in_this_process")
def test_two_biases_added_up_are_named(bias, mistake):
    source = f"""
    def ours(theirs):
        r, z, n = np.split(theirs.T, 3, axis=-1)
        return np.concatenate([-z, r, n], axis=-1)
    def answer(W, U, b_x, b_h):
        return GRUParams(ours(W), ours(U), {bias})
    """
    assert verdict("carry_weights_over", source).mistakes == (mistake,)


# Two exercises on the same leads ------------------------------------------------


def test_lessons_10_and_11_do_not_contradict_one_another():
    """What the seeds settle, lesson 10 holds against the reviews, too."""
    leads = np.array([71.0, 79.0, 70.0, 76.0, 74.0]) / 1e4
    reviews = 2500
    disagree = reviews * 0.0079**2 + leads.mean() ** 2
    beside = find_exercise("put_it_beside").solution
    ours = np.full(5, 0.8)
    _, seeds, both, better, _ = beside(ours, ours - leads, disagree, reviews, 0.8, 0.1)
    assert np.isclose(
        [leads.mean(), seeds, both], [0.0074, 0.00016, 0.0079], rtol=0.03
    ).all()
    assert not better

    # Were there reviews without end, the seeds alone would decide.
    who_is_ahead = find_exercise("who_is_ahead").solution
    for spread in [0.0, 1.0, 5.0, 20.0, 30.0, 40.0]:
        lead = leads + spread * (leads - leads.mean())
        theirs = ours - lead
        *_, ahead = who_is_ahead(dict(enumerate(ours)), dict(enumerate(theirs)))
        *_, better, _ = beside(ours, theirs, disagree, 1e12, 0.8, 0.1)
        assert better == (ahead == "first")

    # Lesson 11's seeds are judged by sequences of their own, and says so.
    reasoning = find_exercise("who_is_ahead").reasoning
    assert "each seed is judged by sequences of its own" in reasoning
    assert "lesson 10's second error has to be added, by its square" in reasoning


@pytest.mark.usefixtures("in_this_process")
def test_what_fails_now_and_then_is_not_said_to_be_the_same_in_every_case():
    source = "def answer(first, second): return 0.0, 0.0, str(first[3])[:0] + 'nobody'"
    said = verdict("who_is_ahead", source)
    assert "KeyError" in said.text
    assert "in every case" not in said.text
