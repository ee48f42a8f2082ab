"""TLS, and callers who show certificates."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from axtary.proxy.callers import FILE, Callers
from axtary.proxy.serve import Order, check
from axtary.proxy.tls import names
from axtary.runtime.policyfile import UnreadableError
from tests.proxy.certificates import LOCAL, Authority, authority
from tests.proxy.server import CODEX, OTHER, Answer, Server, prepare, running

AGENT = "uri:spiffe://acme/agent"


class World:
    """A server with TLS, and clients with certificates."""

    def __init__(self, server: Server, own: Authority, strange: Authority) -> None:
        self.server, self.own, self.strange = server, own, strange

    def ask(self, certificate: tuple[Path, Path] | None, who: str = "") -> Answer:
        context = ssl.create_default_context(cafile=str(self.own.path))
        if certificate is not None:
            context.load_cert_chain(*certificate)
        made = http.client.HTTPSConnection("127.0.0.1", self.server.port, context=context, timeout=30)
        try:
            return self.server.ask("GET", "/v1/approvals", who=who, connection=made)
        finally:
            made.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("tls")
    own, strange = authority(folder, "own"), authority(folder, "strange")
    certificate, key = own.sign("server", LOCAL)
    tokens = prepare(folder, callers=(CODEX, replace(OTHER, certificate="dns:both.example")))
    Callers(folder / FILE).add(replace(OTHER, name="certified", certificate=AGENT), with_token=False)
    given: dict[str, Any] = {"certificate": str(certificate), "key": str(key), "authority": str(own.path)}
    with running(folder, tokens, **given) as server:
        yield World(server, own, strange)
        assert server.stop() == 0


def test_a_token_is_enough_over_tls(world: World) -> None:
    assert world.ask(None, "codex").status == 200
    assert world.ask(None).status == 401


def test_a_certificate_lets_its_caller_in(world: World) -> None:
    good = world.own.sign("agent", x509.UniformResourceIdentifier("spiffe://acme/agent"))
    assert world.ask(good).status == 200
    for name in ("spiffe://acme/agent2", "SPIFFE://acme/agent", "spiffe://acme/"):
        assert world.ask(world.own.sign("agent", x509.UniformResourceIdentifier(name))).status == 401
    assert world.ask(world.own.sign("agent", x509.DNSName("spiffe"))).status == 401


def test_a_certificate_of_another_authority_is_refused(world: World) -> None:
    bad = world.strange.sign("agent", x509.UniformResourceIdentifier("spiffe://acme/agent"))
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
        world.ask(bad)


def test_who_has_both_needs_both(world: World) -> None:
    shown = world.own.sign("both", x509.DNSName("both.example"))
    assert world.ask(shown, "other").status == 200
    assert world.ask(shown).status == 401
    assert world.ask(None, "other").status == 401
    assert world.ask(world.own.sign("both", x509.DNSName("not.example")), "other").status == 401


def test_the_names_of_a_certificate_cannot_be_mixed_up() -> None:
    shown = {
        "subject": ((("commonName", "a,O=b"),), (("organizationName", "c"),)),
        "subjectAltName": (("DNS", "x"), ("URI", "y"), ("Registered ID", "1")),
    }
    assert names(shown) == ("dns:x", "uri:y", "subject:CN=a\\,O=b,O=c")
    assert names({}) == ()


def test_others_cannot_listen_unless_that_is_wanted(tmp_path: Path) -> None:
    policy = tmp_path / "axtary.yml"
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.com", "127.0.0.1.example.com"):  # noqa: S104
        with pytest.raises(UnreadableError, match="no loopback"):
            check(Order(policy=policy, host=host))
        check(Order(policy=policy, host=host, anywhere=True))
        check(Order(policy=policy, host=host, certificate=tmp_path / "c"))
    for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"):
        check(Order(policy=policy, host=host))
    with pytest.raises(UnreadableError, match="without a certificate"):
        check(Order(policy=policy, authority=tmp_path / "c"))
