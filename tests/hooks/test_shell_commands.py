"""What commands are taken apart into: a corpus, hostile for the most part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from axtary.hooks.paths import Workspace
from axtary.hooks.shell.apart import taken_apart
from axtary.hooks.shell.words import Unread
from tests.hooks.commands import APART, WHOLE
from tests.hooks.places import effects, furnished


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield furnished(tmp_path_factory.mktemp("shell"))


@pytest.mark.parametrize(("command", "expected"), APART.items(), ids=map(repr, APART))
def test_a_plain_command_is_taken_apart(command: str, expected: list[str], workspace: Workspace) -> None:
    outside = str(Path(workspace.root).parent)
    found = [each.replace(f"@root{outside}/other", "@root/outside") for each in effects(workspace, command)]
    assert found == [each.replace(f"@root{outside}", "@root") for each in expected]


@pytest.mark.parametrize("command", WHOLE, ids=map(repr, WHOLE))
def test_any_other_stays_whole(command: str, workspace: Workspace) -> None:
    with pytest.raises(Unread):
        workspace_effects = effects(workspace, command)
        if workspace_effects == ["read ."]:  # the workspace itself, which no path names
            raise Unread("the workspace itself")


def test_the_corpus_is_large_and_hostile() -> None:
    assert len(APART) >= 90
    assert len(WHOLE) >= 250
    assert len(set(WHOLE)) == len(WHOLE)


def test_curl_that_is_configured_stays_whole(tmp_path: Path) -> None:
    workspace = furnished(tmp_path)
    assert effects(workspace, "curl https://docs.rs") == ["fetch https://docs.rs GET"]
    (Path(workspace.home) / ".curlrc").write_text("output = .env\n")
    with pytest.raises(Unread):
        effects(workspace, "curl https://docs.rs")


@pytest.mark.parametrize(("variable", "name"), [("CURL_HOME", ".curlrc"), ("XDG_CONFIG_HOME", "curlrc")])
def test_curl_is_configured_where_the_environment_says_too(
    variable: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = furnished(tmp_path)
    monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))
    assert effects(workspace, "curl https://docs.rs") == ["fetch https://docs.rs GET"]
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / name).write_text("location\n")
    with pytest.raises(Unread):
        effects(workspace, "curl https://docs.rs")


def test_in_place_is_known_of_one_kind_of_sed_only(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(Unread):
        effects(workspace, "sed -i 's/x/y/' a")


def test_limits_hold(workspace: Workspace) -> None:
    names = " ".join(f"f{index}" for index in range(32))
    assert len(effects(workspace, f"touch {names}")) == 32
    for command in (f"touch {names} one-more", "cat " + "a" * 8192):
        with pytest.raises(Unread):
            effects(workspace, command)


def test_where_it_runs_counts(workspace: Workspace) -> None:
    (found,) = taken_apart("cat b", f"{workspace.root}/src", workspace.home)
    assert workspace.named(found.target) == "src/b"
