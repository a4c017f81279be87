"""How Sphinx builds the site from what ``lstm_course/commands/site.py`` prepared."""

import html
import re

from docutils import nodes

from lstm_course.commands.site import GITHUB, repository

project = "The LSTM course"
author = "the developers of lstm_course"
project_copyright = f"2026, {author}. Text and pictures: CC BY 4.0; code: MIT"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
extensions += ["sphinx.ext.mathjax", "sphinx.ext.githubpages"]
highlight_language = "none"
exclude_patterns = ["_static", "_templates"]
templates_path = ["_templates"]
html_static_path = ["_static"]
html_copy_source = html_use_index = False
html_domain_indices = False

nb_execution_mode = "off"
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3

# In SVG, MathJax needs no fonts; all that it may load lies beside it.
mathjax_path = "mathjax/tex-svg.js"
# Else Tab would stop at each of a hundred formulas; the first page has a switch.
mathjax3_config = {"options": {"menuOptions": {"settings": {"inTabOrder": False}}}}

default_role = "literal"
SEVERAL = "Returns in this order"
napoleon_custom_sections = [("Attributes", "params_style"), (SEVERAL, "params_style")]
add_module_names = False
autodoc_typehints = "none"  # the docstrings have the shapes, which say more
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"

html_context = {"default_mode": "auto"}
html_theme = "sphinx_book_theme"
html_title = project
html_favicon = "_static/favicon.svg"
html_css_files = ["course.css"]
html_sidebars = {"**": ["course-title", "search-button-field", "sbt-sidebar-nav"]}
on_github = repository() if repository().startswith(GITHUB) else ""
html_theme_options = {
    "home_page_in_toc": False,
    "max_navbar_depth": 1,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "repository_url": on_github,
    "use_repository_button": bool(on_github),
    "pygments_light_style": "default",
    "pygments_dark_style": "github-dark",
}

PROMPT = "Predict first, then open: what it prints"


def mark_cells(app, doctree):
    """Give each code cell an id, and fold what answers a prediction."""
    for cell in list(doctree.findall(nodes.container)):
        if cell.get("nb_element") != "cell_code":
            continue
        tags = [name.removeprefix("tag_") for name in cell["classes"]]
        cell["ids"] += [tag for tag in tags if tag.startswith("cell-")]
        if "predicted" in tags and cell[-1].get("nb_element") == "cell_code_output":
            summary = f"<summary>{html.escape(PROMPT)}</summary>"
            fold = f'<details class="predicted">{summary}'
            cell.insert(-1, nodes.raw("", fold, format="html"))
            cell.append(nodes.raw("", "</details>", format="html"))


def name_results(app, what, name, obj, options, lines):
    """List the results that a docstring gives names, as it lists arguments."""
    heading = "Returns:"
    if heading in lines:
        place = lines.index(heading)
        if re.match(r" +\w+: ", lines[place + 1]):
            lines[place] = f"{SEVERAL}:"


def setup(app):
    """Let Sphinx call what is above."""
    app.connect("autodoc-process-docstring", name_results, priority=1)
    app.connect("doctree-read", mark_cells)
