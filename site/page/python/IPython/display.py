"""What the course imports from ``IPython.display``."""

from kernel import send


def display(*objects, raw=False):
    """Show objects below the cell; with ``raw``, data by their MIME types."""
    for shown in objects:
        data = shown if raw else described(shown)
        send({"output_type": "display_data", "data": data})


def described(value):
    """Return an object by MIME types, as IPython shows it."""
    data = {"text/plain": repr(value)}
    if make := getattr(value, "_repr_html_", None):
        data["text/html"] = make()
    return data
