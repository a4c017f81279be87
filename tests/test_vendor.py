"""The bundles that the pages load are what is built from the packages they name."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

VENDOR = Path(__file__).parents[1] / "site" / "vendor"
MADE = ["codemirror.js", "wasi.js", "LICENSES.txt"]
# What npm says where its registry is out of reach.
OFFLINE = re.compile(r"\b(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH)\b")


def text(name: str) -> str:
    return (VENDOR / name).read_text("utf-8")


@pytest.mark.slow
def test_the_bundles_are_what_is_built_from_the_locked_packages(tmp_path):
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm here, which builds the bundles")
    folder = tmp_path / "vendor"
    shutil.copytree(
        VENDOR, folder, ignore=shutil.ignore_patterns("node_modules", *MADE)
    )
    for command in (["ci", "--ignore-scripts", "--no-audit"], ["run", "build"]):
        done = subprocess.run(
            [npm, *command], cwd=folder, capture_output=True, encoding="utf-8"
        )
        if done.returncode and OFFLINE.search(done.stderr):
            pytest.skip("npm cannot reach its registry")
        assert done.returncode == 0, done.stderr
    for name in MADE:
        assert (folder / name).read_bytes() == (VENDOR / name).read_bytes(), name


@pytest.mark.parametrize("bundle", ["codemirror", "wasi"])
def test_a_bundle_names_its_packages_and_their_licences(bundle):
    banner = text(f"{bundle}.js").partition("*/")[0]
    locked = json.loads(text("package-lock.json"))["packages"]
    wanted = re.findall(r'from "(.+)"', text(f"{bundle}.entry.js"))
    named = re.findall(r"^ \* (\S+) (\S+), (.+)$", banner, re.M)
    assert {name for name, _, _ in named} >= set(wanted)
    for name, version, licence in named:
        assert locked[f"node_modules/{name}"]["version"] == version
        assert f"{name} {version} ({licence})" in text("LICENSES.txt")


def test_all_are_pinned_and_nothing_says_where_they_were_fetched():
    wanted = json.loads(text("package.json"))["devDependencies"]
    assert all(re.fullmatch(r"[\d.]+", version) for version in wanted.values())
    packages = json.loads(text("package-lock.json"))["packages"]
    for name, package in packages.items():
        assert not name or package["integrity"].startswith("sha512-")
        assert "resolved" not in package
    for path in VENDOR.iterdir():
        if path.is_file():
            assert "registry." not in path.read_text("utf-8"), path.name
