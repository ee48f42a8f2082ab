"""The keys on disk: who can read them, what a change leaves behind, and what a killed process leaves behind."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from axtary.passes.keyset import PURPOSES, read_jwks
from axtary.passes.keystore import FILE, KeyStore, StoredKey
from axtary.runtime.policyfile import UnreadableError


class Clock:
    now = 1000.5

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "keys"


def test_a_key_is_made_and_signs(folder: Path) -> None:
    made = KeyStore(folder, Clock()).init()
    again = KeyStore(folder)
    assert [key.kid for key in again.stored()] == [made.kid]
    assert (made.trusted.purpose, made.trusted.created, made.trusted.retired) == ("pass", 1000, None)
    assert again.trusted().find(made.kid, "pass").key.verify(b"x", again.signer().sign(b"x"))


def test_only_the_owner_can_read_it(folder: Path) -> None:
    before = os.umask(0)
    try:
        KeyStore(folder).init()
        KeyStore(folder).rotate()
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    (folder / FILE).chmod(0o640)
    with pytest.raises(UnreadableError, match="others can read it"):
        KeyStore(folder).signer()
    (folder / FILE).chmod(0o400)
    assert KeyStore(folder).signer()


def test_a_folder_of_the_user_stays_as_it_is_if_only_the_owner_writes_there(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    KeyStore(tmp_path).init()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755 and KeyStore(tmp_path).signer()
    tmp_path.chmod(0o775)
    with pytest.raises(UnreadableError, match="others can write to its folder"):
        KeyStore(tmp_path).signer()


def test_one_key_of_a_purpose_is_active(folder: Path) -> None:
    store = KeyStore(folder)
    made = {purpose: store.init(purpose, "Ed25519") for purpose in PURPOSES}
    assert len({key.kid for key in made.values()}) == 3
    for purpose, key in made.items():
        assert store.signer(purpose).kid == key.kid and store.signer(purpose).algorithm == "Ed25519"
        with pytest.raises(UnreadableError, match=f"an active key for {purpose}.*s is there"):
            store.init(purpose)
    assert len(store.stored()) == 3


def test_a_rotation_retires_the_old_key_and_keeps_its_algorithm(folder: Path) -> None:
    clock = Clock()
    store = KeyStore(folder, clock)
    first, approval = store.init(algorithm="Ed25519"), store.init("approval")
    clock.now = 2000
    made, retired = store.rotate()
    assert (retired.kid, retired.trusted.retired, retired.private) == (first.kid, 2000, None)
    assert (made.trusted.created, made.trusted.key.algorithm, store.signer().kid) == (2000, "Ed25519", made.kid)
    assert store.rotate(algorithm="ES256")[0].trusted.key.algorithm == "ES256"
    assert [key.is_active for key in store.stored()] == [False, True, False, True]
    assert store.signer("approval").kid == approval.kid


def test_a_retired_key_has_no_private_part_and_still_verifies(folder: Path) -> None:
    store = KeyStore(folder)
    made = store.init()
    assert made.private is not None
    signature, secret = made.private.sign(b"x"), made.private.secret()["d"]
    assert secret in (folder / FILE).read_text()
    store.retire(made.kid)
    assert secret not in (folder / FILE).read_text()
    assert store.trusted().find(made.kid, "pass").key.verify(b"x", signature)
    with pytest.raises(UnreadableError, match="no active key for passes"):
        store.signer()
    with pytest.raises(UnreadableError, match="retired already"):
        store.retire(made.kid)
    with pytest.raises(UnreadableError, match="no active key has this kid"):
        store.retire("x")
    with pytest.raises(UnreadableError, match="no active key for passes"):
        store.rotate()
    assert store.init().kid != made.kid


def test_a_clock_that_was_set_back_makes_no_key_unusable(folder: Path) -> None:
    clock = Clock()
    store = KeyStore(folder, clock)
    made = store.init()
    clock.now = 10
    assert store.rotate()[1].trusted.was_in_use(made.trusted.created)


def test_the_public_set_has_no_private_part(folder: Path) -> None:
    store = KeyStore(folder)
    secrets = [key.private.secret()["d"] for key in (store.init(), store.init("checkpoint", "Ed25519")) if key.private]
    store.rotate()
    text = json.dumps(store.trusted().to_json())
    assert len(secrets) == 2 and not any(secret in text for secret in secrets) and '"d"' not in text
    assert list(read_jwks(text.encode())) == list(store.trusted())


def broken(document: dict[str, Any], how: str) -> str:
    """The file with something wrong in it."""
    key = document["keys"][0]
    match how:
        case "cut":
            return json.dumps(document)[:-20]
        case "empty":
            return ""
        case "list":
            return "[]"
        case "no private part":
            del key["d"]
        case "another private part":
            key["d"] = key["x"]
        case "retired with a private part":
            key["axtary"]["retired"] = 5
        case "twice":
            document["keys"].append(key)
        case "a text":
            document["keys"].append("x")
    return json.dumps(document)


@pytest.mark.parametrize(
    "how",
    [
        "cut",
        "empty",
        "list",
        "no private part",
        "another private part",
        "retired with a private part",
        "twice",
        "a text",
    ],
)
def test_a_file_that_axtary_did_not_write_is_refused(folder: Path, how: str) -> None:
    store = KeyStore(folder)
    made = store.init().private
    assert made is not None
    text = broken(json.loads((folder / FILE).read_text()), how)
    (folder / FILE).write_text(text)
    for use in (store.stored, store.signer, store.rotate, store.init):
        with pytest.raises(UnreadableError, match="the keys cannot be read") as refused:
            use()
        assert made.secret()["d"] not in str(refused.value)
    assert (folder / FILE).read_text() == text


def test_without_keys_it_is_said_what_to_do(folder: Path) -> None:
    for use in (KeyStore(folder).stored, KeyStore(folder).signer):
        with pytest.raises(UnreadableError, match="there are no keys") as refused:
            use()
        assert "axtary keys init" in refused.value.help
    assert not folder.exists()
    folder.parent.mkdir()
    folder.write_text("")
    with pytest.raises(UnreadableError):
        KeyStore(folder).init()


def test_of_many_at_once_no_rotation_is_lost(folder: Path) -> None:
    KeyStore(folder).init()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: KeyStore(folder).rotate()[0].kid, range(24)))
    keys = KeyStore(folder).stored()
    assert len(keys) == 25 and {key.kid for key in keys} >= {*made}
    assert sum(key.is_active for key in keys) == 1


ROTATIONS = """
import sys
from pathlib import Path
from axtary.passes.keystore import KeyStore
store = KeyStore(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    store.rotate()
"""


@pytest.mark.skipif(os.name != "posix", reason="there is no signal that kills at once")
def test_a_killed_rotation_leaves_a_store_that_works(folder: Path) -> None:
    """Killed again and again in the midst of rotations: one key is active each time, and none that was is lost."""
    KeyStore(folder).init()
    seen: list[StoredKey] = []
    for number in range(6):
        with subprocess.Popen([sys.executable, "-c", ROTATIONS, str(folder)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None and process.stdout.readline() == b"ready\n"
            time.sleep(0.02 + 0.013 * number)
            process.send_signal(signal.SIGKILL)
        keys = KeyStore(folder).stored()
        assert sum(key.is_active for key in keys) == 1
        assert {key.kid for key in seen} <= {key.kid for key in keys}
        seen = list(keys)
    assert len(seen) > 8
    (folder / ".axtary-0123.tmp").write_text("what a killed process leaves")
    KeyStore(folder).rotate()
    assert KeyStore(folder).signer().sign(b"x")
    assert sorted(each.name for each in folder.iterdir()) == [FILE, "lock"]
