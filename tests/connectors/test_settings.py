"""`connectors:` in a policy: what is read from it, what is refused, and that it decides nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from axtary.compiler import CompileError, compile_policy
from axtary.compiler.connectors import ConnectorSettings, Credential
from axtary.compiler.connectortools import Template, ToolMapping
from tests.cli.command import inside as run
from tests.connectors.conftest import RULES

TOOL = "{method: POST, path: /a, resource: a}"


def read(text: str, **files: str) -> tuple[ConnectorSettings, ...]:
    return compile_policy("axtary.yml", (RULES + text).encode(), lambda name: files[name].encode()).connectors


def codes(text: str, **files: str) -> list[str]:
    with pytest.raises(CompileError) as caught:
        read(text, **files)
    return [each.code for each in caught.value.diagnostics]


def declared(lines: str, url: str = "https://a.example") -> str:
    return f"connectors:\n  a:\n    url: '{url}'\n{lines}"


def of_tool(keys: str) -> str:
    return declared(f"    tools:\n      a.b: {{{keys}}}\n")


def test_a_built_in_connector_needs_its_credential_only() -> None:
    (found,) = read("connectors: {github: {credential: {env: GITHUB_TOKEN}}}\n")
    assert (found.name, found.url, found.timeout) == ("github", "https://api.github.com", 10)
    assert found.credential == Credential("env", "GITHUB_TOKEN")
    assert (found.header, found.scheme, found.tools) == ("Authorization", "Bearer", ())


def test_everything_that_a_connector_can_say() -> None:
    (found,) = read(
        declared(
            "    credential: {keyring: axtary/a}\n    timeout: 2m\n    header: X-Api-Key\n    tools:\n      a.b:\n"
            "        method: PUT\n        path: /x/{id}/y-{in.name}.json\n        resource: 'a:{id}'\n"
            "        query: q\n        body: [text]\n        paths: [in.file]\n        expect: [201, 200]\n"
            "        idempotency: Idempotency-Key\n        costs: {USD: charge.amount}\n",
            "http://127.0.0.1:8080/api/",
        )
    )
    assert (found.url, found.timeout) == ("http://127.0.0.1:8080/api", 120)
    assert (found.credential, found.header, found.scheme) == (Credential("keyring", "axtary/a"), "X-Api-Key", "")
    assert found.tools == (
        ToolMapping(
            "a.b",
            "PUT",
            Template("/x/{id}/y-{in.name}.json", ("/x/", "id", "/y-", "in.name", ".json")),
            Template("a:{id}", ("a:", "id", "")),
            ("q",),
            ("text",),
            ("in.file",),
            (200, 201),
            "Idempotency-Key",
            (("USD", "charge.amount"),),
            found.tools[0].span,
        ),
    )


def test_connectors_decide_nothing() -> None:
    text = "connectors: {github: {credential: {env: A}}}\n"
    with_them, without = (compile_policy("axtary.yml", (RULES + more).encode()) for more in (text, ""))
    assert with_them.policy.policy_version == without.policy.policy_version
    assert without.connectors == ()


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://[::2]/",
        "https://user:secret@a.example",
        "https://user@a.example",
        "https://a.example/x?y",
        "https://a.example/x#y",
        "https://a.example/../x",
        "https://a.example//x",
        "https://",
        "https:///x",
        "https://a.example:99999",
        "https://[::1",
        "https://a b",
        "https://a.example\\\\x",
        "ftp://a.example",
        "a.example",
        "https://ä.example",
    ],
)
def test_a_url_to_which_no_credential_is_sent(url: str) -> None:
    assert codes(declared(f"    tools: {{a.b: {TOOL}}}\n", url)) == ["AX0212"]


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.9.9.9", "http://[::1]:80/x", "https://a.example/x/y"]
)
def test_a_url_to_which_credentials_are_sent(url: str) -> None:
    assert read(declared(f"    tools: {{a.b: {TOOL}}}\n", url))[0].url == url


@pytest.mark.parametrize(
    "credential",
    [
        "some-secret",
        "{}",
        "{env: A, file: b}",
        "{env: A-B}",
        "{env: 'Bearer abc'}",
        "{keyring: axtary}",
        "{keyring: a/b/c}",
        "{file: lin_api_0123456789}",
        "{file: ' '}",
        "{env: ghp_0123456789abcdef}",
    ],
)
def test_a_credential_that_has_no_one_place(credential: str) -> None:
    assert codes(f"connectors: {{slack: {{credential: {credential}}}}}\n") == ["AX0212"]


@pytest.mark.parametrize("written", ["ghp_9876543210", "'a secret with ''quotes'''", "{env: not-a-name-but-a-secret}"])
def test_a_credential_in_the_policy_is_not_shown_with_the_error(written: str, tmp_path: Path) -> None:
    policy = tmp_path / "axtary.yml"
    policy.write_text(f"{RULES}connectors:\n  github:\n    credential: {written}\n")
    secret = written.removeprefix("{env: ").rstrip("}")
    for command in (["check"], ["check", "--json"], ["check", "--format", "sarif"], ["compile"], ["table"]):
        found = run("policy", *command, "axtary.yml", cwd=tmp_path)
        shown = found.out + found.err
        assert found.code in (1, 2) and "AX0212" in shown and secret not in shown, shown
    assert "*" * len(secret) in run("policy", "check", "axtary.yml", cwd=tmp_path).err


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("connectors: []\n", "AX0203"),
        ("connectors: {github: {}}\n", "AX0202"),
        ("connectors: {github: {credential: {env: A}, tools: {}}}\n", "AX0201"),
        ("connectors: {Git: {url: 'https://a.example'}}\n", "AX0205"),
        (declared(""), "AX0202"),
        (f"connectors: {{a: {{tools: {{a.b: {TOOL}}}}}}}\n", "AX0202"),
        (declared(f"    timeout: 6m\n    tools: {{a.b: {TOOL}}}\n"), "AX0212"),
        (declared(f"    header: Host\n    tools: {{a.b: {TOOL}}}\n"), "AX0212"),
        (declared(f"    header: 'X: y'\n    tools: {{a.b: {TOOL}}}\n"), "AX0212"),
        (declared(f"    scheme: 'a b'\n    tools: {{a.b: {TOOL}}}\n"), "AX0212"),
        (declared(f"    tools: {{b: {TOOL}}}\n"), "AX0205"),
        (declared(f"    tools: {{github.issues.delete: {TOOL}}}\n"), "AX0212"),
        (of_tool("path: /a, resource: a"), "AX0202"),
        (of_tool("method: TRACE, path: /a, resource: a"), "AX0204"),
        (of_tool("method: GET, resource: a"), "AX0202"),
        (of_tool("method: GET, path: /a"), "AX0202"),
        (of_tool("method: GET, path: a, resource: a"), "AX0212"),
        (of_tool("method: GET, path: '/a?b', resource: a"), "AX0212"),
        (of_tool("method: GET, path: '/a//b', resource: a"), "AX0212"),
        (of_tool("method: GET, path: '/%2e%2e/b', resource: a"), "AX0212"),
        (of_tool("method: GET, path: '/a/..', resource: a"), "AX0212"),
        (of_tool("method: GET, path: '/a%2f..%2fb', resource: a"), "AX0212"),
        (of_tool("method: GET, path: '/{a', resource: a"), "AX0212"),
        (of_tool("method: GET, path: '/{a b}', resource: a"), "AX0212"),
        (of_tool("method: GET, path: '/{}', resource: a"), "AX0212"),
        (of_tool("method: GET, path: /a, resource: ' a'"), "AX0212"),
        (of_tool("method: GET, path: /a, resource: a, body: [b]"), "AX0212"),
        (of_tool("method: POST, path: /a, resource: a, body: [b.c]"), "AX0212"),
        (of_tool("method: POST, path: /a, resource: a, query: [b], body: [b]"), "AX0212"),
        (of_tool("method: POST, path: '/{a.b}', resource: a, body: [a]"), "AX0212"),
        (of_tool("method: GET, path: /a, resource: a, expect: 404"), "AX0212"),
        (of_tool("method: GET, path: /a, resource: a, idempotency: 'a b'"), "AX0212"),
        (of_tool("method: GET, path: /a, resource: a, costs: {USD: '1.5'}"), "AX0212"),
    ],
)
def test_what_a_connector_cannot_be(text: str, code: str) -> None:
    assert codes(text) == [code]


def test_a_tool_has_one_connector() -> None:
    one = f"{{url: 'https://a.example', tools: {{a.b: {TOOL}}}}}"
    assert codes(f"connectors: {{a: {one}, b: {one}}}\n") == ["AX0206"]


def test_connectors_stand_in_the_file_that_is_opened() -> None:
    text = "connectors: {github: {credential: {env: A}}}\n"
    assert codes("include: more.yml\n", **{"more.yml": f"version: 1\n{text}"}) == ["AX0212"]
