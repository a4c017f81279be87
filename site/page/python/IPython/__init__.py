"""A stand-in for IPython, of which the course uses ``display`` alone."""

version_info = (9, 0)


def get_ipython():
    """Return None: matplotlib asks whether there is a shell to tell of figures."""
    return
