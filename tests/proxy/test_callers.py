"""The file of callers: no token in it, for its owner only, and whole at any time."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from axtary.proxy.callers import FILE, MAX_CALLERS, Caller, Callers
from axtary.runtime.policyfile import UnreadableError

CODEX = Caller("codex", agent="agent:codex-1", owner="user:ana@acme.com", roles=("a", "b"))


@pytest.fixture
def callers(tmp_path: Path) -> Callers:
    return Callers(tmp_path / FILE, clock=lambda: 1_800_000_000.5)


def test_a_token_is_told_once_and_only_its_hash_is_kept(callers: Callers, tmp_path: Path) -> None:
    token = callers.add(CODEX)
    text = (tmp_path / FILE).read_text()
    assert token not in text and token.removeprefix("axc_") not in text
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    found = callers.of_token(token)
    assert found is not None
    assert replace(found, token="") == replace(CODEX, created=1_800_000_000)


def test_no_other_token_is_that_of_a_caller(callers: Callers) -> None:
    token = callers.add(CODEX)
    callers.add(replace(CODEX, name="certified", certificate="dns:x"), with_token=False)
    others = [
        "",
        "axc_",
        token[:-1],
        token + "A",
        token.swapcase(),
        token.replace("axc_", ""),
        f" {token}",
        token[:-1] + "é",
    ]
    assert [callers.of_token(each) for each in others] == [None] * len(others)
    assert callers.of_token("axc_" + "A" * 43) is None


def test_a_caller_who_is_revoked_is_out_and_the_name_is_free(callers: Callers, tmp_path: Path) -> None:
    token = callers.add(CODEX)
    other = Callers(tmp_path / FILE)  # another process
    assert other.of_token(token) is not None
    assert callers.revoke("codex").revoked == 1_800_000_000
    assert other.of_token(token) is None
    with pytest.raises(UnreadableError, match="no caller is named `codex`"):
        callers.revoke("codex")
    new = callers.add(CODEX)
    assert other.of_token(token) is None and other.of_token(new) is not None


def test_a_certificate_lets_in_who_has_no_token(callers: Callers) -> None:
    callers.add(replace(CODEX, certificate="dns:x"))
    callers.add(replace(CODEX, name="two", certificate="dns:y"), with_token=False)
    callers.add(replace(CODEX, name="three"))
    found = callers.of_certificate(["dns:z", "dns:y"])
    assert found is not None and found.name == "two"
    assert callers.of_certificate(["dns:x"]) is None
    assert callers.of_certificate([""]) is None
    callers.revoke("two")
    assert callers.of_certificate(["dns:y"]) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a:b"},
        {"name": "A"},
        {"name": "a" * 41},
        {"name": "-a"},
        {"agent": ""},
        {"agent": "a\nb"},
        {"owner": "x" * 201},
        {"roles": ("",)},
        {"task": "a\nb"},
    ],
)
def test_a_name_that_is_none_is_refused(callers: Callers, tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(UnreadableError, match="no name"):
        callers.add(replace(CODEX, **wrong))  # type: ignore[arg-type]
    assert not (tmp_path / FILE).exists()


def test_a_name_is_given_once_and_nobody_comes_in_without_credentials(callers: Callers) -> None:
    callers.add(CODEX)
    with pytest.raises(UnreadableError, match="a caller named `codex` is there"):
        callers.add(CODEX)
    with pytest.raises(UnreadableError, match="without token and certificate"):
        callers.add(replace(CODEX, name="none"), with_token=False)
    with pytest.raises(UnreadableError, match="no place of a workspace"):
        callers.add(replace(CODEX, name="none", workspace="here"))
    assert len(callers.stored()) == 1


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"callers": 1}', '{"callers": [{"name": "a"}]}', '{"callers": [{"agent": "a"}], "callers": []}'],
)
def test_a_file_that_is_damaged_lets_nobody_in(callers: Callers, tmp_path: Path, text: str) -> None:
    token = callers.add(CODEX)
    (tmp_path / FILE).write_text(text)
    with pytest.raises(UnreadableError, match="not written by axtary"):
        callers.of_token(token)
    with pytest.raises(UnreadableError, match="not written by axtary"):
        callers.add(replace(CODEX, name="b"))
    assert (tmp_path / FILE).read_text() == text


def test_a_file_that_others_can_read_lets_nobody_in(callers: Callers, tmp_path: Path) -> None:
    token = callers.add(CODEX)
    (tmp_path / FILE).chmod(0o640)
    with pytest.raises(UnreadableError, match="others can read it"):
        Callers(tmp_path / FILE).of_token(token)


def test_there_is_an_end_to_them(callers: Callers, tmp_path: Path) -> None:
    callers.add(CODEX)
    document = json.loads((tmp_path / FILE).read_text())
    (one,) = document["callers"]
    document["callers"] = [{**one, "name": f"c{number}"} for number in range(MAX_CALLERS)]
    (tmp_path / FILE).write_text(json.dumps(document))
    with pytest.raises(UnreadableError, match=f"it has {MAX_CALLERS} callers"):
        callers.add(CODEX)


def test_without_a_file_there_are_none(callers: Callers) -> None:
    assert callers.stored() == ()
    assert callers.of_token("axc_" + "A" * 43) is None
