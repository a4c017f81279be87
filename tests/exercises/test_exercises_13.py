"""Other right answers to the exercises of lesson 13, and wrong ones that are named."""

import math

import numpy as np
import pytest
from variants import assert_all_pass, assert_named, assert_told

from lstm_course.layers.lstm import LSTMGates, LSTMParams, LSTMState
from lstm_course.layers.lstm import lstm_step_backward as package_step_back

pytestmark = pytest.mark.usefixtures("in_this_process")

# lstm_step_backward


def back_in_plain_loops(d_new_state, x, state, params, new_state, gates):
    """No product of arrays at all: a sequence, a unit, a block after the other."""
    W, U, _ = params
    (B, D), H = x.shape, state.h.shape[1]
    dz = [[0.0] * (4 * H) for _ in range(B)]
    dc_before = [[0.0] * H for _ in range(B)]
    for n in range(B):
        for k in range(H):
            i, f, g, o = (gate[n, k] for gate in gates)
            shown = math.tanh(new_state.c[n, k])
            dh, dc = d_new_state.h[n, k], d_new_state.c[n, k]
            dc += dh * o * (1 - shown) * (1 + shown)
            for block, value in enumerate(
                [
                    dc * g * i * (1 - i),
                    dc * state.c[n, k] * f * (1 - f),
                    dc * i * (1 - g) * (1 + g),
                    dh * shown * o * (1 - o),
                ]
            ):
                dz[n][block * H + k] = value
            dc_before[n][k] = dc * f
    blocks = range(4 * H)
    dW = [[sum(x[n, d] * dz[n][q] for n in range(B)) for q in blocks] for d in range(D)]
    dU = [
        [sum(state.h[n, j] * dz[n][q] for n in range(B)) for q in blocks]
        for j in range(H)
    ]
    db = [sum(row[q] for row in dz) for q in blocks]
    dx = [[sum(W[d, q] * row[q] for q in blocks) for d in range(D)] for row in dz]
    dh = [[sum(U[j, q] * row[q] for q in blocks) for j in range(H)] for row in dz]
    return dz, dW, dU, db, dx, dh, dc_before


def back_stacked(d_new_state, x, state, params, new_state, gates):
    """Gates and slopes as one array (4, B, H); the weights as one matrix."""
    i, f, g, o = gates
    shown = np.tanh(new_state.c)
    dc = d_new_state.c + d_new_state.h * (o - new_state.h * shown)
    into = np.stack([dc * g, dc * state.c, dc * i, d_new_state.h * shown])
    all_gates = np.stack([*gates])
    slopes = all_gates - all_gates**2
    slopes[2] = 1 - g * g
    dz = np.hstack([*(into * slopes)])
    inputs = np.hstack([x, state.h, np.ones((len(x), 1))])
    D = x.shape[1]
    weights = inputs.T @ dz
    back = dz @ np.vstack([params.kernel, params.recurrent_kernel]).T
    return {
        "z": dz,
        "W": weights[:D],
        "U": weights[D:-1],
        "b": weights[-1],
        "x": back[:, :D],
        "h": back[:, D:],
        "c": dc * f,
    }


def back_by_einsum(d_new_state, x, before, weights, after, gates):
    """Slopes from cosh; sums over named axes; single precision."""
    i, f, g, o = gates
    up = d_new_state.h / np.cosh(after.c) ** 2 * o + d_new_state.c
    parts = (
        up * g / (2 + np.exp(np.log(i / (1 - i))) + np.exp(-np.log(i / (1 - i)))),
        up * before.c * f * (1 - f),
        up * i / np.cosh(np.arctanh(g)) ** 2,
        d_new_state.h * np.tanh(after.c) * o * (1 - o),
    )
    dz = np.concatenate(parts, axis=-1).astype(np.float32)
    return [
        dz,
        np.einsum("bd,bq->dq", x, dz),
        np.einsum("bj,bq->jq", before.h, dz),
        np.einsum("bq->q", dz),
        np.einsum("bq,dq->bd", dz, weights.kernel),
        np.einsum("bq,jq->bj", dz, weights.recurrent_kernel),
        f * up,
    ]


def back_by_the_package(d_new_state, x, state, params, new_state, gates):
    """The lesson's own way out; dz is db of each sequence alone."""
    given = d_new_state, x, state, params, new_state, gates
    dx, d_params, d_before = package_step_back(*given)
    dz = [
        package_step_back(
            LSTMState(*(s[n : n + 1] for s in d_new_state)),
            x[n : n + 1],
            LSTMState(*(s[n : n + 1] for s in state)),
            params,
            LSTMState(*(s[n : n + 1] for s in new_state)),
            type(gates)(*(gate[n : n + 1] for gate in gates)),
        )[1].bias
        for n in range(len(x))
    ]
    return dz, *d_params, dx, *d_before


def test_lstm_step_backward():
    variants = [
        back_in_plain_loops,
        back_stacked,
        back_by_einsum,
        back_by_the_package,
    ]
    assert_all_pass("lstm_step_backward", variants)


def finish(dz, dc_before, x, state, params):
    """From dz on it is the RNN's step back."""
    W, U, _ = params
    products = x.T @ dz, state.h.T @ dz, dz.sum(0), dz @ W.T, dz @ U.T
    return dz, *products, dc_before


def test_wrong_steps_back():
    def without_the_next_step(d_new, x, state, params, new, gates):
        i, f, g, o = gates
        shown = np.tanh(new.c)
        dc = d_new.h * o * (1 - shown * shown)
        z = [dc * g * i * (1 - i), dc * state.c * f * (1 - f), dc * i * (1 - g * g)]
        dz = np.hstack([*z, d_new.h * shown * o * (1 - o)])
        return finish(dz, dc * f, x, state, params)

    def sigmoid_slope_on_g_and_mean(d_new, x, state, params, new, gates):
        i, f, g, o = gates
        shown = np.tanh(new.c)
        dc = d_new.c + d_new.h * o * (1 - shown * shown)
        z = [dc * g * i * (1 - i), dc * state.c * f * (1 - f), dc * i * g * (1 - g)]
        dz = np.hstack([*z, d_new.h * shown * o * (1 - o)])
        found = [*finish(dz, dc * f, x, state, params)]
        found[3] = dz.mean(0)
        return found

    def new_cell_for_old(d_new, x, state, params, new, gates):
        i, f, g, o = gates
        shown = np.tanh(new.c)
        dc = d_new.c + d_new.h * o * (1 - shown * shown)
        z = [dc * g * i * (1 - i), dc * new.c * f * (1 - f), dc * i * (1 - g * g)]
        dz = np.hstack([*z, d_new.h * shown * o * (1 - o)])
        return finish(dz, dc * f, x, state, params)

    def old_cell_shown(d_new, x, state, params, new, gates):
        i, f, g, o = gates
        shown = np.tanh(state.c)
        dc = d_new.c + d_new.h * o * (1 - shown * shown)
        z = [dc * g * i * (1 - i), dc * state.c * f * (1 - f), dc * i * (1 - g * g)]
        dz = np.hstack([*z, d_new.h * shown * o * (1 - o)])
        return finish(dz, dc * f, x, state, params)

    def f_and_i_swapped(d_new, x, state, params, new, gates):
        f, i, g, o = gates
        shown = np.tanh(new.c)
        dc = d_new.c + d_new.h * o * (1 - shown * shown)
        z = [dc * g * i * (1 - i), dc * state.c * f * (1 - f), dc * i * (1 - g * g)]
        dz = np.hstack([*z, d_new.h * shown * o * (1 - o)])
        return finish(dz, dc * f, x, state, params)

    def unheard_of(d_new, x, state, params, new, gates):
        found = [*back_stacked(d_new, x, state, params, new, gates).values()]
        found[2] = found[2] + params.recurrent_kernel
        return found

    name = "lstm_step_backward"
    assert_named(name, without_the_next_step, "back-next-step-left-out")
    assert_named(
        name,
        sigmoid_slope_on_g_and_mean,
        "back-slope-of-sigmoid-on-g",
        "back-bias-averaged",
    )
    assert_named(name, new_cell_for_old, "back-df-by-the-new-cell")
    assert_named(name, old_cell_shown, "back-shown-of-the-old-cell")
    assert_named(name, f_and_i_swapped, "back-gates-f-and-i-swapped")
    assert_told(name, unheard_of, "dU departs first", "It is right with U = 0")


# along_the_belt


def belt_by_cumprod(f, d_c):
    """A product from the end, moved by a step."""
    later = np.concatenate([f[:, 1:], np.ones_like(f[:, :1])], axis=1)
    kept = np.cumprod(later[:, ::-1], axis=1)[:, ::-1]
    belt = kept * d_c[:, -1][:, None]
    share = np.einsum("bth,bth->t", belt, d_c) / np.einsum("bth,bth->t", d_c, d_c)
    return belt, share


def belt_step_by_step(f, d_c):
    """The gradient itself goes back, into a list."""
    belt = [d_c[:, -1]]
    for t in range(f.shape[1] - 1, 0, -1):
        belt.insert(0, belt[0] * f[:, t])
    belt = np.stack(belt, axis=1)
    share = [
        (belt[:, t] * d_c[:, t]).sum() / (d_c[:, t] ** 2).sum()
        for t in range(f.shape[1])
    ]
    return belt, share


def belt_by_logarithms(f, d_c):
    """A sum of logarithms in the place of the product; numbers one by one."""
    B, T, H = f.shape
    belt = np.zeros((B, T, H))
    for n, t, k in np.ndindex(B, T, H):
        kept = math.exp(sum(math.log(value) for value in f[n, t + 1 :, k]))
        belt[n, t, k] = kept * d_c[n, -1, k]
    flat, whole = (a.swapaxes(0, 1).reshape(T, -1) for a in (belt, d_c))
    return {"belt": belt, "share": np.diag(flat @ whole.T) / np.diag(whole @ whole.T)}


def test_along_the_belt():
    variants = [belt_by_cumprod, belt_step_by_step, belt_by_logarithms]
    assert_all_pass("along_the_belt", variants)


def test_wrong_belts():
    def own_gate(f, d_c):
        belt = np.cumprod(f[:, ::-1], axis=1)[:, ::-1] * d_c[:, -1:]
        return belt, (belt * d_c).sum((0, 2)) / (d_c**2).sum((0, 2))

    def one_gate(f, d_c):
        kept = np.ones_like(f)
        kept[:, :-1] = f[:, 1:]
        belt = kept * d_c[:, -1:]
        return belt, (belt * d_c).sum((0, 2)) / (d_c**2).sum((0, 2))

    def lengths(f, d_c):
        belt, _ = belt_by_cumprod(f, d_c)
        squares = (belt**2).sum((0, 2)), (d_c**2).sum((0, 2))
        return belt, np.sqrt(squares[0]) / np.sqrt(squares[1])

    def unheard_of(f, d_c):
        belt, share = belt_by_cumprod(f, d_c)
        return belt + 0.1 * d_c, share

    name = "along_the_belt"
    assert_named(name, own_gate, "own-forget-gate-included")
    assert_named(name, one_gate, "gates-not-multiplied-up")
    assert_named(name, lengths, "share-by-lengths")
    assert_told(name, unheard_of, "the belt's gradient departs first")


# worth_of_a_part


def worth_by_powers_of_ten(without, whole, most, limit):
    """Logarithms to another base; the unsolved by a mask."""
    a, b = without.copy(), whole.copy()
    a[np.isnan(a)] = most
    b[np.isnan(b)] = most
    logs = np.log10(a) - np.log10(b)
    error = np.sqrt(logs.var(ddof=1) / len(logs))
    ends = (logs.mean() + k * limit * error for k in (0, -1, 1))
    return int(np.isfinite(without).sum()), *(10**end for end in ends)


def worth_in_pure_python(without, whole, most, limit):
    """No array at all."""
    pairs = [
        (most if math.isnan(a) else a, most if math.isnan(b) else b)
        for a, b in zip(without, whole, strict=True)
    ]
    logs = [math.log(a / b) for a, b in pairs]
    n = len(logs)
    mean = sum(logs) / n
    spread = math.sqrt(sum((x - mean) ** 2 for x in logs) / (n - 1))
    half = limit * spread / math.sqrt(n)
    solved = sum(not math.isnan(a) for a in without)
    return [solved, math.exp(mean), math.exp(mean - half), math.exp(mean + half)]


def worth_by_geometric_means(without, whole, most, limit):
    """The factor as a root of a product; its ends by dividing and multiplying."""
    a, b = (np.where(np.isnan(runs), most, runs) for runs in (without, whole))
    ratios = a / b
    factor = np.prod(ratios) ** (1 / ratios.size)
    by = np.exp(limit * np.std(np.log(ratios), ddof=1) / ratios.size**0.5)
    return {"n": len(a) - np.isnan(without).sum(), "factor": factor} | {
        "low": factor / by,
        "high": factor * by,
    }


def test_worth_of_a_part():
    variants = [worth_by_powers_of_ten, worth_in_pure_python, worth_by_geometric_means]
    assert_all_pass("worth_of_a_part", variants)


def test_wrong_worths():
    def left_out(without, whole, most, limit):
        logs = np.log(without / whole)
        logs = logs[~np.isnan(logs)]
        solved = int((~np.isnan(without)).sum())
        if len(logs) < 2:
            return solved, math.nan, math.nan, math.nan
        half = limit * logs.std(ddof=1) / np.sqrt(len(logs))
        mean = logs.mean()
        return solved, np.exp(mean), np.exp(mean - half), np.exp(mean + half)

    def upside_down(without, whole, most, limit):
        solved, factor, low, high = worth_in_pure_python(without, whole, most, limit)
        return solved, 1 / factor, 1 / high, 1 / low

    def means(without, whole, most, limit):
        found = worth_in_pure_python(without, whole, most, limit)
        a, b = (np.where(np.isnan(runs), most, runs) for runs in (without, whole))
        return found[0], a.mean() / b.mean(), *found[2:]

    name = "worth_of_a_part"
    assert_named(name, left_out, "unsolved-left-out")
    assert_named(name, upside_down, "factor-upside-down")
    assert_named(name, means, "ratio-of-means")


# coupled_back


def coupled_by_two_ways(d_h, d_c_next, c_before, c, i, g, o):
    """The two ways from i one after the other."""
    shown = np.tanh(c)
    d_c = d_h * o / np.cosh(c) ** 2 + d_c_next
    d_i = d_c * g
    d_i = d_i - d_c * c_before
    return (
        d_i * (i - i * i),
        d_c * i * (1 - g) * (1 + g),
        d_h * shown * (o - o * o),
        d_c - d_c * i,
    )


def coupled_as_a_full_cell(d_h, d_c_next, c_before, c, i, g, o):
    """The package's LSTM with f = 1 - i; its two gates' dz become one."""
    H = c.shape[1]
    zeros = np.zeros_like(c)
    params = LSTMParams(np.zeros((1, 4 * H)), np.zeros((H, 4 * H)), np.zeros(4 * H))
    rows = []
    for n in range(len(c)):
        (d_h_n, d_n, b_n, c_n, i_n, g_n, o_n, z_n) = (
            a[n : n + 1] for a in (d_h, d_c_next, c_before, c, i, g, o, zeros)
        )
        _, d_params, before = package_step_back(
            LSTMState(d_h_n, d_n),
            np.zeros((1, 1)),
            LSTMState(z_n, b_n),
            params,
            LSTMState(z_n, c_n),
            LSTMGates(i_n, 1 - i_n, g_n, o_n),
        )
        z_i, z_f, z_g, z_o = np.split(d_params.bias, 4)
        rows.append([z_i - z_f, z_g, z_o, before.c[0]])
    return np.array(rows).swapaxes(0, 1)


def coupled_unit_by_unit(d_h, d_c_next, c_before, c, i, g, o):
    """Numbers one by one."""
    found = np.zeros((4, *c.shape))
    for at in np.ndindex(*c.shape):
        shown = math.tanh(c[at])
        d_c = d_c_next[at] + d_h[at] * o[at] * (1 - shown**2)
        d_i = d_c * (g[at] - c_before[at])
        found[(0, *at)] = d_i * i[at] * (1 - i[at])
        found[(1, *at)] = d_c * i[at] * (1 - g[at] ** 2)
        found[(2, *at)] = d_h[at] * shown * o[at] * (1 - o[at])
        found[(3, *at)] = d_c * (1 - i[at])
    return tuple(found)


def test_coupled_back():
    variants = [coupled_by_two_ways, coupled_as_a_full_cell, coupled_unit_by_unit]
    assert_all_pass("coupled_back", variants)


def test_wrong_coupled_gates():
    def as_if_free(d_h, d_c_next, c_before, c, i, g, o):
        d_c = d_c_next + d_h * o * (1 - np.tanh(c) ** 2)
        rest = d_c * i * (1 - g * g), d_h * np.tanh(c) * o * (1 - o), d_c * (1 - i)
        return d_c * g * i * (1 - i), *rest

    def sign_lost(d_h, d_c_next, c_before, c, i, g, o):
        d_c = d_c_next + d_h * o * (1 - np.tanh(c) ** 2)
        rest = d_c * i * (1 - g * g), d_h * np.tanh(c) * o * (1 - o), d_c * (1 - i)
        return d_c * (g + c_before) * i * (1 - i), *rest

    assert_named("coupled_back", as_if_free, "coupled-forgetting-left-out")
    assert_named("coupled_back", sign_lost, "coupled-sign-lost")
