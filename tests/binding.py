"""Which number of a text comes from where: so that two of them cannot change places.

For each lesson and page, tests/bound/ has a file: by Markdown cell, by the alternative
text of a picture, by section or by claim the numbers in the order of the text, each
with the place that it comes from. ``5 < adding:3`` is the fourth number that the cell
"adding" puts out, counted from 0; ``5 < adding/code:0`` the first of its source; and
``5 =`` comes from nowhere: it is said, as a year is, or a size that was chosen.
test_numbers.py holds the texts to these files.

After a text or an output was changed on purpose,

    python tests/binding.py 05

writes the file anew: what still holds stays, and the rest is bound to the nearest
output above that shows the number. Read the difference: does the text mean that one?
"""

import ast
import json
import re
import sys
from functools import cache
from html import unescape
from pathlib import Path
from typing import NamedTuple

from IPython.core.inputtransformer2 import TransformerManager
from matplotlib.text import Text

from lstm_course.study.diagrams.slides import SLIDE_PICTURES

ROOT = Path(__file__).resolve().parents[1]
BOUND = Path(__file__).parent / "bound"
WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
WORDS |= {"eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}
FRACTIONS = "half|(?:third|quarter|fifth|tenth|hundredth|thousandth|millionth)s?|twice"
NUMBER = re.compile(
    r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?:e[-−+]?\d+)?(?: ?%)?(?![\w])"
    rf"|\b(?:{'|'.join(WORDS)}|{FRACTIONS})\b"
)
NOT_TEXT = re.compile(r"\]\([^)]*\)|<[^>]*>|`[^`\n]*\.(?:py|ipynb|md|json)`")
THOUSANDS = re.compile(r"(?<=\d)(?:,|\{,\}|\u202f)(?=\d{3}\b)")


class Shown(NamedTuple):
    """The numbers that a code cell shows: in its outputs, and in its source."""

    id: str
    outputs: list[str]
    code: list[str]


def numbers(text: str) -> list[str]:
    """Return the numbers of a text in their order, each in one spelling."""
    text = THOUSANDS.sub("", NOT_TEXT.sub(" ", text))
    found = NUMBER.findall(text)
    return [number.replace("−", "-").replace(" %", "%") for number in found]


def same(said: str, shown: str) -> bool:
    """Say whether a text's number is an output's: of a word, a sign, a percentage."""
    word = str(WORDS.get(said, said))
    return word in (shown, shown.lstrip("-"), shown.rstrip("%")) or (
        word.rstrip("%") == shown
    )


def shown_by(notebook: dict) -> list[Shown]:
    """Return what the code cells show, in their order; what varies is left out."""
    return [
        Shown(
            cell["id"],
            [] if varies(cell) else numbers(output_text(cell["outputs"])),
            numbers("".join(cell["source"]).replace("_", "")),
        )
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


def varies(cell: dict) -> bool:
    return "nbval-ignore-output" in cell["metadata"].get("tags", [])


def output_text(outputs: list[dict]) -> str:
    """Return what is printed, and the alternative texts of pictures."""
    texts = []
    for output in outputs:
        data = output.get("data", {})
        html = "".join(data.get("text/html", ""))
        texts += re.findall(r'alt="([^"]*)"', html) if "<img" in html else []
        texts.append("".join(output.get("text", "") or data.get("text/plain", "")))
    return unescape("\n".join(texts))


def said_of_pictures(cell: dict) -> list[str]:
    """Return the numbers that are typed in a picture's alternative text, not computed.

    They are those of the literal text that ``show`` gets as its second argument.
    """
    found = list[str]()
    source = TransformerManager().transform_cell("".join(cell["source"]))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "show":
            for argument in node.args[1:]:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        found += numbers(part.value)
    return found


def bind(said: list[str], shown: list[Shown], kept: list[str]) -> list[str]:
    """Return a line for each number of a text: where it comes from.

    Args:
        said: the numbers of the text, in their order.
        shown: what can be seen, the likeliest source first.
        kept: the lines that there were.
    """
    lines = list[str]()
    kept = list(kept)
    for number in said:
        line = next((old for old in kept if holds(old, number, shown)), "")
        if line:
            kept.remove(line)
        else:
            line = f"{number} {source_of(number, shown)}"
        lines.append(line)
    return lines


def source_of(number: str, shown: list[Shown]) -> str:
    telling = len(number.strip("-%")) > 2  # 7 or 12 stand everywhere
    for cell in shown if telling else shown[:1]:
        for kind, values in (("", cell.outputs), ("/code", cell.code)):
            for place, value in enumerate(values):
                if same(number, value):
                    return f"< {cell.id}{kind}:{place}"
    return "="


def holds(line: str, number: str, shown: list[Shown]) -> bool:
    """Say whether a line binds this number to something that is there."""
    said, _, source = line.partition(" ")
    if said != number:
        return False
    if source == "=":
        return True
    match = re.fullmatch(r"< (.+?)(/code)?:(\d+)", source)
    if not match:
        return False
    for cell in shown:
        if cell.id == match[1]:
            values = cell.code if match[2] else cell.outputs
            return int(match[3]) < len(values) and same(number, values[int(match[3])])
    return False


# Lessons and pages ---------------------------------------------------------------

Texts = dict[str, tuple[list[str], list[Shown]]]  # by place: its numbers, the sources


def read(path: Path) -> dict:
    document: dict = json.loads(path.read_text("utf-8"))
    return document


def of_lesson(notebook: dict) -> Texts:
    """Return the numbers of each Markdown cell and of each alternative text."""
    above: list[Shown] = []
    below = shown_by(notebook)
    found: Texts = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            found[cell["id"]] = numbers("".join(cell["source"])), above + below
            continue
        own = below.pop(0)
        found[f"{cell['id']}/alt"] = said_of_pictures(cell), above + below
        above.insert(0, own)
    return {place: texts for place, texts in found.items() if texts[0]}


def of_claims(text: str, lessons: dict[str, dict]) -> Texts:
    """Return the numbers of each row, and what the lessons that it names show."""
    found: Texts = {}
    for line in text.splitlines():
        if match := re.match(r"\| ([CQ]\d\d) \|(.*?\|.*?\|.*?)\|", line):
            named = re.findall(r"\(([^)/]*\.ipynb)\)", line)
            shown = [
                cell._replace(id=f"{name.partition('_')[0]} {cell.id}")
                for name in named
                for cell in shown_by(lessons[name])
            ]
            found[match[1]] = numbers(match[2]), shown
    return found


def of_lecture(deck: dict, lesson: dict, number: str) -> Texts:
    """Return the numbers of a deck, and what it, its pictures and its lesson show."""
    texts = of_lesson(deck)
    source = "\n".join("".join(cell["source"]) for cell in deck["cells"])
    shown = [
        Shown(f"slides/{name}", drawn_numbers(name), [])
        for name in sorted(set(re.findall(r"figures/slides/(\w+\.svg)", source)))
    ]
    shown += [cell._replace(id=f"{number} {cell.id}") for cell in shown_by(lesson)]
    return {place: (said, own + shown) for place, (said, own) in texts.items()}


@cache
def drawn_numbers(name: str) -> list[str]:
    """Return the numbers that are written in a picture for slides."""
    texts = SLIDE_PICTURES[name]().findobj(Text)
    return numbers("\n".join(text.get_text() for text in texts))


def of_page(text: str) -> Texts:
    """Return the numbers of each section of a page; nothing is computed there."""
    sections = re.split(r"(?m)^#+ (.*)$", text)
    pairs = zip(sections[1::2], sections[2::2], strict=True)
    return {title: (numbers(body), []) for title, body in pairs if numbers(body)}


def all_texts(root: Path = ROOT) -> dict[str, Texts]:
    """Return the texts by the name of their file in tests/bound/."""
    folder = root / "notebooks"
    paths = sorted(folder.glob("*.ipynb")) + sorted(folder.glob("optional/*.ipynb"))
    lessons = {path.name: read(path) for path in paths}
    pages = {"README": root / "README.md"} | {
        path.stem: path
        for path in (*sorted(folder.glob("*.md")), folder / "lectures" / "guide.md")
    }
    texts = {name.split("_")[0]: of_lesson(each) for name, each in lessons.items()}
    texts |= {name: of_page(path.read_text("utf-8")) for name, path in pages.items()}
    for path in sorted(folder.glob("lectures/*.ipynb")):
        number = path.name.split("_")[0]
        texts[f"lecture_{number}"] = of_lecture(read(path), lessons[path.name], number)
    claims = pages["claims"].read_text("utf-8")
    return texts | {"claims": of_claims(claims, lessons)}


def bound(name: str) -> dict[str, list[str]]:
    path = BOUND / f"{name}.json"
    return read(path) if path.is_file() else {}


def main(names: list[str]) -> None:
    everything = all_texts()
    for name in names or everything:
        before = bound(name)
        after = {
            cell: bind(said, shown, before.get(cell, []))
            for cell, (said, shown) in everything[name].items()
        }
        BOUND.mkdir(exist_ok=True)
        text = json.dumps(after, ensure_ascii=False, indent=1) + "\n"
        (BOUND / f"{name}.json").write_text(text, "utf-8")
        changed = [c for c in before | after if before.get(c) != after.get(c)]
        print(f"{name}: {sum(map(len, after.values()))} numbers; changed: {changed}")


if __name__ == "__main__":
    main(sys.argv[1:])
