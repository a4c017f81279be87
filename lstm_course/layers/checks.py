"""Hold the arguments of the recurrent layers to the shapes of their classes."""

from typing import Any, NamedTuple

from lstm_course.arrays.shapes import Array, Mask, check_shapes, field_specs


class Forms(NamedTuple):
    """The classes of what a cell takes and gives."""

    params: type[Any]
    state: type[Any]
    gates: type[Any]


def check_step(forms: Forms, x_t: Array, state: Any, params: Any) -> None:
    """Raise an error that names the first argument of a ``*_step`` that is wrong."""
    weights = field_specs("params", params, forms.params)
    check_shapes(
        **weights, x_t=(x_t, "B D"), **field_specs("state", state, forms.state)
    )


def check_step_backward(
    forms: Forms,
    d_new_state: Any,
    x_t: Array,
    state: Any,
    params: Any,
    new_state: Any,
    gates: Any,
) -> None:
    """As ``check_step``, of a ``*_step_backward``."""
    check_step(forms, x_t, state, params)
    if not isinstance(gates, forms.gates):
        expected = forms.gates.__name__
        raise TypeError(f"gates is a {type(gates).__name__}; expected {expected}")
    check_shapes(
        **field_specs("state", state, forms.state),
        **field_specs("new_state", new_state, forms.state),
        **field_specs("d_new_state", d_new_state, forms.state),
    )


def check_forward(
    forms: Forms, inputs: Array, params: Any, initial_state: Any, mask: Mask | None
) -> dict[str, int]:
    """As ``check_step``, of a ``*_forward``; return the sizes B, T, D and H."""
    return check_shapes(
        **field_specs("params", params, forms.params),
        inputs=(inputs, "B T D"),
        **field_specs("initial_state", initial_state, forms.state, optional=True),
        **({} if mask is None else {"mask": (mask, "bool B T")}),
    )


def check_trace(trace: object, form: type[Any]) -> None:
    """Raise a TypeError unless a trace is of the kind that a ``*_backward`` takes."""
    if not isinstance(trace, form):
        raise TypeError(
            f"trace is a {type(trace).__name__}; expected {form.__name__}: a plain "
            "trace goes back by plain.*_backward, and no other does"
        )


def check_backward(
    forms: Forms, h: Array, d_outputs: Array | None, d_final_state: Any
) -> None:
    """As ``check_step``, of a ``*_backward`` whose trace shows h, (B, T, H)."""
    check_shapes(
        trace=(h, "B T H"),
        **({} if d_outputs is None else {"d_outputs": (d_outputs, "B T H")}),
        **field_specs("d_final_state", d_final_state, forms.state, optional=True),
    )
