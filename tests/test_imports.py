"""infer ← annotations ← train: who may import whom, and what inference may load."""

import ast
import re
import subprocess
import sys
import tomllib
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import pytest
import tiny_checkpoint
from conftest import ROOT

MAY_IMPORT = {
    "infer": {"infer"},
    "annotations": {"annotations", "infer"},
    "train": {"annotations", "infer", "train"},
    "benchmarks": {"benchmarks", "infer", "train"},
}
HEAVY = {
    "torch",
    "transformers",
    "datasets",
    "ray",
    "train",
    "annotations",
    "scipy",
    "matplotlib",
    "label_studio_sdk",
    "fastapi",
    "uvicorn",
}
# Of ours and of others, what `import infer` and a plain run have no use for.
LAZY = {
    *("py3langid", "inscriptis", "lxml", "charset_normalizer", "jinja2", "requests"),
    *("pyarrow", "xlsxwriter", "pypdfium2", "mammoth", "xml"),
}


def modules():
    return [
        pytest.param(package, file, id=file.relative_to(ROOT).as_posix())
        for package in MAY_IMPORT
        for file in sorted((ROOT / package).rglob("*.py"))
    ]


def dotted(file: Path) -> set[str]:
    """Names of all that a module imports anywhere, in functions too."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: line {node.lineno} imports relatively; write the package's name"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def imported(file: Path) -> set[str]:
    return {name.split(".")[0] for name in dotted(file)}


def reached(*starts: Path) -> set[str]:
    """Top-level names of others' modules that ours import, and those of ours that they import."""
    seen, waiting, others = set(), [*starts], set()
    while waiting:
        file = waiting.pop()
        if file.exists() and file not in seen:
            seen.add(file)
            ours = {name for name in dotted(file) if name.split(".")[0] in MAY_IMPORT}
            waiting += [(ROOT / name.replace(".", "/")).with_suffix(".py") for name in ours]
            others |= imported(file) - MAY_IMPORT.keys()
    return others - sys.stdlib_module_names


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def brought(requirements: list[str]) -> set[str]:
    """The names of what is installed with these, and with them in turn."""
    found, waiting = set(), [*requirements]
    while waiting:
        name = canonical(re.match(r"[\w.-]+", waiting.pop())[0])
        if name not in found:
            found.add(name)
            with suppress(metadata.PackageNotFoundError):
                waiting += [each for each in metadata.requires(name) or () if "extra ==" not in each]
    return found


@pytest.mark.parametrize("package, file", modules())
def test_a_package_imports_only_those_below_it(package, file):
    assert imported(file) & set(MAY_IMPORT) <= MAY_IMPORT[package]


def at_the_top(file: Path) -> set[Path]:
    """The modules of ours that a module imports when it is itself imported."""
    names = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    files = {(ROOT / name.replace(".", "/")).with_suffix(".py") for name in names}
    return {file for file in files if file.exists()}


def test_no_modules_import_each_other_in_a_circle():
    """They are loaded by several threads at once, each of which would wait for the other."""
    waiting = {file: at_the_top(file) for file in (ROOT / "infer").rglob("*.py")}
    assert len(waiting) > 50
    while free := [file for file, needed in waiting.items() if not needed & waiting.keys()]:
        for file in free:
            del waiting[file]
    assert sorted(waiting) == []


@pytest.mark.parametrize("package, file", modules())
def test_no_module_binds_the_name_of_our_package(package, file):
    assert "__future__" not in imported(file)


@pytest.mark.parametrize("package, file", [p for p in modules() if p.values[0] == "annotations"])
def test_annotations_load_no_model(package, file):
    assert not imported(file) & {"torch", "transformers", "datasets", "ray"}


def loaded(code: str) -> set[str]:
    """Top-level modules in memory after the code ran in a process of its own."""
    code += "\nimport sys; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    return set(done.stdout.decode().splitlines()[-1].split())


def test_reading_a_report_loads_nothing_of_training(tmp_path):
    model = tiny_checkpoint.write(tmp_path / "model")
    (tmp_path / "r.txt").write_text("Red Column carried out 12 operations in Homs and it was the third time.")
    for format in ("table", "json", "jsonl", "csv", "geojson", "acled"):
        arguments = [str(tmp_path / "r.txt"), "--model", str(model), "--format", format]
        names = loaded(f"from infer.__main__ import main\nassert main({arguments!r}) == 0")
        assert names & (HEAVY | LAZY) == set()


def test_importing_the_package_loads_nothing_but_the_standard_library():
    plain = loaded("")
    assert {n for n in loaded("from infer import read") - plain if n not in sys.stdlib_module_names} == {
        "infer"
    }


def test_the_corpus_is_looked_after_without_a_model_or_a_server():
    """`python -m annotations check` starts quickly, and where no backend is installed."""
    names = loaded("from annotations import __main__")
    assert not names & {"onnxruntime", "fastapi", "uvicorn", "label_studio_sdk", "httpx"}


def test_what_the_guide_installs_is_enough_for_what_it_types():
    """Or hours of training end where a plot of them cannot be drawn."""
    guide = (ROOT / "annotations" / "README.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [extras] = re.findall(r'pip install -e "\.\[(.+?)\]"', guide)
    asked = project["dependencies"] + [
        each for extra in extras.split(",") for each in project["optional-dependencies"][extra]
    ]
    there, of = brought(asked), metadata.packages_distributions()
    needed = reached(ROOT / "annotations" / "__main__.py", ROOT / "train" / "retrain.py")
    assert {"onnxruntime", "torch", "fastapi"} <= needed
    assert [name for name in needed if not there & set(map(canonical, of.get(name, ())))] == []
