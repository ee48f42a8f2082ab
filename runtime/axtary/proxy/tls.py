"""TLS, and who shows a certificate: its names are what callers are matched with.

dns:agent.acme.com   uri:spiffe://acme/agent   email:ana@acme.com   subject:CN=agent,O=Acme
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axtary.runtime.policyfile import UnreadableError

_KINDS = {"DNS": "dns", "URI": "uri", "email": "email", "IP Address": "ip"}
_SHORT = {
    "commonName": "CN",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "countryName": "C",
    "localityName": "L",
    "stateOrProvinceName": "ST",
}


def names(certificate: Mapping[str, Any]) -> tuple[str, ...]:
    """The names in a certificate that was verified, as the standard library tells it."""
    found = [f"{_KINDS[kind]}:{value}" for kind, value in certificate.get("subjectAltName", ()) if kind in _KINDS]
    parts = [pair for each in certificate.get("subject", ()) for pair in each]
    subject = ",".join(f"{_SHORT.get(name, name)}={_escaped(value)}" for name, value in parts)
    return (*found, f"subject:{subject}") if subject else tuple(found)


def context(certificate: Path, key: Path | None, authority: Path | None) -> ssl.SSLContext:
    """For a server; with `authority` a client may show a certificate that it signed. Raises UnreadableError."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_alpn_protocols(["http/1.1"])
    try:
        made.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise UnreadableError(certificate, _why(error), "give a certificate and its key, in PEM") from None
    if authority is not None:
        made.verify_mode = ssl.CERT_OPTIONAL
        try:
            made.load_verify_locations(authority)
        except (OSError, ssl.SSLError) as error:
            raise UnreadableError(authority, _why(error), "give the authority's certificate, in PEM") from None
    return made


def _escaped(value: str) -> str:
    """So that no value can look like two."""
    return value.replace("\\", "\\\\").replace(",", "\\,")


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower() if not isinstance(error, ssl.SSLError) else "no certificate that fits"
