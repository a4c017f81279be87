"""Matplotlib's backend in the page: figures are shown below the cell, and closed."""

from IPython.display import display
from matplotlib._pylab_helpers import Gcf
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

__all__ = ["FigureCanvas", "show"]


def show(*, block=None):
    """Show and close all figures of ``pyplot``, as JupyterLab does after each cell."""
    managers = Gcf.get_all_fig_managers()
    Gcf.destroy_all()
    for manager in managers:
        display(manager.canvas.figure)
