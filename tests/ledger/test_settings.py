"""`ledger:` in a policy: what it opens, and what goes before it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from axtary.compiler import compile_policy, compile_text
from axtary.compiler.settings import LedgerSettings
from axtary.ledger import LedgerError, ledger_from, ledger_of
from axtary.ledger.checkpoint import read_jws
from axtary.runtime.policyfile import UnreadableError
from tests.ledger.entries import KEY, KEYS, some

RULES = "version: 1\npolicies: [{id: a, effect: allow, match: {tool: a}}]\n"
LEDGER = """\
ledger:
  store: records/ledger.db
  durability: normal
  payloads: kept
  origin: example.com/l
  checkpoint:
    key: key.json
    records: 2
    every: 1h
"""


def settings(text: str = LEDGER) -> LedgerSettings:
    return compile_policy("axtary.yml", (RULES + text).encode()).settings.ledger


def test_all_that_can_be_said_is_read() -> None:
    found = settings()
    assert (found.store, found.durability, found.payloads) == ("records/ledger.db", "normal", True)
    assert (found.origin, found.key, found.records, found.seconds) == ("example.com/l", "key.json", 2, 3600)
    assert settings("") == LedgerSettings()
    assert settings("ledger: {payloads: hashed}\n").payloads is False
    assert settings("runtime: {state: s.db}\nledger: {store: l.db}\n").store == "l.db"


def test_settings_are_no_part_of_the_version() -> None:
    assert compile_text(RULES + LEDGER).policy_version == compile_text(RULES).policy_version


def test_the_ledger_is_opened_as_the_settings_say(tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    key.write_text(json.dumps(KEY.secret()))
    key.chmod(0o600)
    with ledger_from(tmp_path / "axtary.yml", settings(), {}) as ledger:
        for n in range(3):
            ledger.append(some(n))
        (signed,) = ledger.rows.checkpoints()
        found = read_jws(signed.jws, KEYS)
        assert (found.size, found.origin) == (2, "example.com/l")
        assert "normal" in ledger.durability or "power" in ledger.durability
    assert (tmp_path / "records" / "ledger.db").is_file()


def test_the_environment_goes_before(tmp_path: Path) -> None:
    policy = tmp_path / "axtary.yml"
    assert ledger_of(policy, {"AXTARY_LEDGER": "other.db"}, settings()) == tmp_path / "other.db"
    assert ledger_of(policy, {"AXTARY_LEDGER": ""}, settings()) == tmp_path / "records/ledger.db"
    assert ledger_of(policy, {}) == tmp_path / ".axtary/ledger.db"
    assert ledger_of(policy, {}, settings("ledger: {store: 'postgresql://a@b/c'}\n")) == "postgresql://a@b/c"
    with ledger_from(policy, LedgerSettings(store="said.db"), {"AXTARY_LEDGER": "other.db"}) as ledger:
        ledger.append(some())
    assert (tmp_path / "other.db").is_file() and not (tmp_path / "said.db").exists()


def test_a_key_that_is_not_there_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"key\.json"):
        ledger_from(tmp_path / "axtary.yml", settings(), {})
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database" * 99)
    given: Any = LedgerSettings(store="text.db")
    with pytest.raises(LedgerError):
        ledger_from(tmp_path / "axtary.yml", given, {})
