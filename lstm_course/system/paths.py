"""Where the course is; by the standard library alone, for what runs before set-up."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # of the checkout
NOTEBOOKS = ROOT / "notebooks"
FIGURES = ROOT / "figures"
