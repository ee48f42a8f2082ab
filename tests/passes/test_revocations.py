"""Lists of revoked passes: their form, their order, and the file."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from axtary.passes import jose, revocations
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keyset import KeySet, TrustedKey
from axtary.passes.revocationfile import RevocationFile
from axtary.passes.revocations import MARGIN, MAX_VALID, TYP, Revocations, extend, read, sign
from axtary.runtime.policyfile import UnreadableError
from tests.passes.making import APPROVER, KEY, KEYS, NOW, OTHER, RETIRED, VERIFIER, good, revocation_list

A, B, C = ("ap_" + letter * 32 for letter in "abc")


def test_a_list_grows_keeps_and_forgets() -> None:
    first = extend(None, {A: NOW + 10, B: NOW + 500}, "axtary", NOW + 0.7, 100)
    assert first == Revocations("axtary", NOW, NOW + 100, NOW, {A: NOW + 10 + MARGIN, B: NOW + 500 + MARGIN})
    second = extend(first, {C: NOW + 900, B: NOW + 1}, "axtary", NOW + 10 + MARGIN, 100)
    assert second.revoked == {B: NOW + 500 + MARGIN, C: NOW + 900 + MARGIN}
    assert extend(first, {}, "axtary", NOW + 9 + MARGIN).revoked == first.revoked


def test_numbers_only_grow() -> None:
    first = extend(None, {}, "axtary", NOW)
    assert extend(first, {}, "axtary", NOW).number == first.number + 1
    assert extend(first, {}, "axtary", NOW - 50).number == first.number + 1  # a clock that was set back
    assert extend(None, {}, "axtary", NOW, last=NOW).number == NOW + 1
    assert extend(None, {}, "axtary", NOW + 5).number > first.number  # a list that was lost


def test_a_list_comes_back() -> None:
    made = extend(None, {A: NOW + 10}, "axtary", NOW)
    assert read(sign(made, KEY), KEYS, "axtary") == made


def changed(key: Any = KEY, **changes: Any) -> str:
    listed = {"iss": "axtary", "iat": NOW, "exp": NOW + 100, "number": NOW, "revoked": {A: NOW}, **changes}
    return jose.sign({name: value for name, value in listed.items() if value is not None}, TYP, key)


BAD = {
    "a pass": (good(), Reason.WRONG_TYP),
    "a key of another": (changed(OTHER), Reason.UNKNOWN_KEY),
    "a key for approvals": (changed(APPROVER), Reason.WRONG_PURPOSE),
    "a retired key": (changed(RETIRED), Reason.KEY_NOT_VALID_THEN),
    "cut": (changed()[:-10], Reason.BAD_SIGNATURE),
    "another issuer": (changed(iss="me"), Reason.WRONG_ISSUER),
    "an issuer of a list": (changed(iss=["axtary"]), Reason.CLAIM_ILL_TYPED),
    "no number": (changed(number=None), Reason.CLAIM_MISSING),
    "a claim more": (changed(aud="x"), Reason.CLAIM_UNKNOWN),
    "iat true": (changed(iat=True), Reason.CLAIM_ILL_TYPED),
    "a number of text": (changed(number="7"), Reason.CLAIM_ILL_TYPED),
    "a number that shuts out all others": (changed(number=NOW + 101), Reason.CLAIM_ILL_TYPED),
    "valid for very long": (changed(exp=NOW + MAX_VALID + 1), Reason.TTL_TOO_LONG),
    "a list of ids": (changed(revoked=[A]), Reason.CLAIM_ILL_TYPED),
    "an id in another spelling": (changed(revoked={A.upper(): NOW}), Reason.CLAIM_ILL_TYPED),
    "an end that is no time": (changed(revoked={A: 1.5}), Reason.CLAIM_ILL_TYPED),
}


@pytest.mark.parametrize("name", BAD)
def test_a_list_that_cannot_be_trusted_is_refused(name: str) -> None:
    token, reason = BAD[name]
    with pytest.raises(RefusedError) as refused:
        read(token, KEYS, "axtary")
    assert refused.value.reason is reason


def test_a_list_that_no_verifier_would_take_is_not_signed() -> None:
    with pytest.raises(RefusedError, match="ttl_too_long"):
        sign(extend(None, {}, "axtary", NOW, MAX_VALID + 1), KEY)
    many = {f"ap_{number:032x}": NOW + 1000 for number in range(20_000)}
    with pytest.raises(RefusedError, match="too_long"):
        sign(extend(None, many, "axtary", NOW), KEY)


# --- the file -------------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "revocations.jwt"


def test_the_file_is_written_read_and_extended(path: Path) -> None:
    file = RevocationFile(path, "axtary")
    assert file.read(KEYS) is None and file.last() == 0 and not path.parent.exists()
    file.revoke({A: NOW + 100}, KEYS, KEY, NOW)
    made = file.revoke({B: NOW + 100}, KEYS, KEY, NOW)
    assert file.read(KEYS) == made and [*made.revoked] == [A, B] and made.number == NOW + 1


def test_a_list_that_was_replaced_by_nonsense_is_not_begun_anew(path: Path) -> None:
    file = RevocationFile(path, "axtary")
    file.revoke({A: NOW + 100}, KEYS, KEY, NOW)
    path.write_text("nonsense\n")
    with pytest.raises(RefusedError, match="revocations_refused"):
        file.read(KEYS)
    with pytest.raises(RefusedError, match="revocations_refused"):
        file.revoke({B: NOW + 100}, KEYS, KEY, NOW)
    assert path.read_text() == "nonsense\n"


def test_what_was_accepted_is_remembered_and_older_lists_are_refused(path: Path) -> None:
    file = RevocationFile(path, "axtary")
    old = file.revoke({}, KEYS, KEY, NOW)
    new = file.revoke({A: NOW + 100}, KEYS, KEY, NOW)
    file.accept(old, NOW, 5)
    file.accept(new, NOW, 5)
    file.accept(old, NOW, 5)
    assert file.last() == new.number
    file.accept(replace(new, number=new.number + 9, iat=NOW + 6), NOW, 5)  # not valid now
    assert RevocationFile(path, "axtary").last() == new.number
    with pytest.raises(RefusedError) as refused:
        replace(VERIFIER, revocations=old, last=file.last()).check_revocation(VERIFIER.authenticate(good(), NOW), NOW)
    assert refused.value.reason is Reason.REVOCATIONS_STEPPED_BACK


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"number": "5"}', '{"number": -1}', '{"number": true}'])
def test_a_number_that_cannot_be_read_is_not_forgotten(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.with_name("revocations.jwt.last").write_text(text)
    with pytest.raises(UnreadableError, match="does not hold the number"):
        RevocationFile(path, "axtary").last()


def test_of_many_at_once_no_revocation_is_lost(path: Path) -> None:
    ids = [f"ap_{number:032x}" for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda jti: RevocationFile(path, "axtary").revoke({jti: NOW + 99}, KEYS, KEY, NOW), ids))
    found = RevocationFile(path, "axtary").read(KEYS)
    assert found is not None and [*found.revoked] == ids


def test_a_revoked_pass_is_refused_until_nobody_accepts_it_any_more() -> None:
    found = VERIFIER.authenticate(good(), NOW)
    listed = extend(None, {found.jti: found.exp}, "axtary", NOW)
    later = extend(listed, {}, "axtary", found.exp + MARGIN - 1)  # the latest list that still has it
    for each, now in ((listed, NOW), (later, found.exp + MARGIN - 1)):
        with pytest.raises(RefusedError, match="revoked"):
            replace(VERIFIER, revocations=each).check_revocation(found, now)
    with pytest.raises(RefusedError, match="expired"):
        replace(VERIFIER, leeway=MARGIN).verify(good(), {}, found.exp + MARGIN)


def test_a_retired_key_cannot_sign_lists_that_last() -> None:
    """Whoever has a key that was retired can date a list back, and it ends with MAX_VALID at the latest."""
    keys = KeySet([TrustedKey(KEY.public, retired=NOW)])
    longest = read(changed(exp=NOW + MAX_VALID), keys, "axtary")
    with pytest.raises(RefusedError, match="revocations_expired"):
        revocations.check(longest, NOW + MAX_VALID + 5)
    assert json.loads(json.dumps(longest.to_json()))["number"] <= NOW + MAX_VALID


def test_the_helper_makes_lists_that_are_read() -> None:
    assert read(revocation_list(A), KEYS, "axtary").revoked == {A: NOW + 1000}
