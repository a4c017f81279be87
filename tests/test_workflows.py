"""What a code host runs: the README's second command, and what publishes the site."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from lstm_course.commands.site import REPOSITORY_VARIABLE

WORKFLOWS = sorted((Path(__file__).parents[1] / ".github" / "workflows").iterdir())
TEXTS = {path.stem: path.read_text("utf-8") for path in WORKFLOWS}
TEXT = TEXTS["test"]
SCHEMA = ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"]
SECURITY = ["zizmor", "--offline", "--no-progress", "--pedantic"]


def complaints(command: list[str], workflow: Path) -> str:
    """What one of the two tools says against a workflow; nothing where it is well."""
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    tool = shutil.which(command[0], path=here)
    done = subprocess.run(
        [tool, *command[1:], str(workflow)], capture_output=True, encoding="utf-8"
    )
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.parametrize("command", [SCHEMA, SECURITY], ids=lambda words: words[0])
@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_tool_has_no_complaint(command, workflow):
    assert complaints(command, workflow) == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "old", "new"),
    [
        (SCHEMA, "runs-on:", "run-on:"),
        (SECURITY, re.search(r"@[0-9a-f]{40} # v[\d.]+", TEXT)[0], "@v6"),
        (SECURITY, "        with:\n          persist-credentials: false\n", ""),
        (SECURITY, "permissions: {}", "permissions: write-all"),
    ],
)
def test_a_planted_fault_is_found(tmp_path, command, old, new):
    assert old in TEXT
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "test.yml").write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    assert complaints(command, folder / "test.yml")


@pytest.mark.parametrize("workflow", TEXTS)
def test_actions_are_pinned_by_hash(workflow):
    used = re.findall(r"uses: (\S+)", TEXTS[workflow])
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action) for action in used)


def test_it_runs_what_the_readme_tells_readers_to_run(root):
    job = yaml.safe_load(TEXT)["jobs"]["test"]
    (command,) = [step["run"] for step in job["steps"] if "run" in step]
    readme = (root / "README.md").read_text("utf-8")
    assert f"```\n{command.replace('python ', 'python3 ')}\n```" in readme
    machines = job["strategy"]["matrix"]["machine"]
    systems = {machine.split("-")[0] for machine in machines}
    assert systems == {"ubuntu", "windows", "macos"}
    assert any(machine.endswith("-arm") for machine in machines)


def test_the_site_is_built_without_rights_and_published_without_code():
    jobs = yaml.safe_load(TEXTS["publish"])["jobs"]
    build, publish = jobs["build"], jobs["publish"]
    assert build["permissions"] == {"contents": "read"}
    (made,) = [step for step in build["steps"] if "run" in step]
    assert made["run"] == "python -m lstm_course site"
    assert made["env"].keys() == {REPOSITORY_VARIABLE}
    (upload,) = [step for step in build["steps"] if "upload" in step.get("uses", "")]
    assert upload["with"] == {"path": "public"}
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    assert publish["needs"] == "build"
    assert not any("run" in step for step in publish["steps"])
