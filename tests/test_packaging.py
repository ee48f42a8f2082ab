"""What is installed: one name at the top of site-packages, the data inside, every part importable on its own."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("grammars", "compiler", "backends", "runtime", "lsp", "proxy", "cli")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True)
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_has_one_package_with_its_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"axtary"}
    wanted = {f"axtary/{part}/{file}" for part in PARTS for file in ("__init__.py", "py.typed")}
    wanted |= {f"axtary/grammars/{name}.lark" for name in ("condition", "pattern", "schedule")}
    wanted |= {"axtary/grammars/presets/coding-agent.yml", "axtary/backends/rego/prelude.rego"}
    wanted |= {
        f"axtary/runtime/pages/{name}" for name in ("base.css", "page.html", "table.css", "table.html", "table.js")
    }
    wanted |= {f"axtary/grammars/schemas/{name}.schema.json" for name in ("action", "axtary", "facts", "test")}
    wanted |= {"axtary/runtime/testing/page.css"}
    wanted |= {f"axtary/backends/cedar/helpers/axtary_cedar.{kind}" for kind in ("py", "ts")}
    wanted |= {"axtary/grammars/codes/AX0102.md"}
    assert wanted <= set(names)


def test_no_file_hides_the_other_roots(wheel: Path) -> None:
    assert "axtary/__init__.py" not in zipfile.ZipFile(wheel).namelist()
    assert not list(ROOT.glob("*/axtary/__init__.py"))


def test_each_part_imports_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    for part in PARTS:
        code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import axtary.{part} as p; print(p.__file__)"
        done = subprocess.run([sys.executable, "-I", "-c", code], cwd="/", capture_output=True, text=True, check=True)
        assert done.stdout.startswith(str(tmp_path)), part


def test_help_and_decisions_import_little() -> None:
    """What `--help` and the native engine never need, they never load: start-up is part of every hook."""
    code = "import sys, axtary.cli.app; print(sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert not {"'starlette'", "'uvicorn'", "'prometheus_client'"} & set(done.stdout.strip("[]\n").split(", "))
    assert not {"'lark'", "'cedarpy'", "'pydantic'", "'yaml'", "'opa_bindings'"} & set(
        done.stdout.strip("[]\n").split(", ")
    )
