"""What hosted Cedar services do not take, checked on a package before anybody uploads it.

Only limits that the service documents are here; `LIMITS` names the public page of each. A size is in bytes of UTF-8,
and "KB" of a page is taken as 1,000 bytes, the smaller reading. What depends on one request alone cannot be
seen here: the helpers refuse it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from axtary.backends.cedar.package import Package
from axtary.backends.cedar.text import statement
from axtary.backends.cedar.tree import AndAlso, Call, Context, Expr, Get, HasKey, Negate, OrElse, Relate, Resembles


class Service(StrEnum):
    """A hosted Cedar engine."""

    AVP = "avp"
    AGENTCORE = "agentcore"


TITLES = {Service.AVP: "Amazon Verified Permissions", Service.AGENTCORE: "Policy in Amazon Bedrock AgentCore"}

_AVP = "https://docs.aws.amazon.com/verifiedpermissions/latest"
_QUOTAS = f"{_AVP}/userguide/quotas.html"
_AGENTCORE = "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide"
_LIMITATIONS = f"{_AGENTCORE}/policy-limitations-section.html"
_CONSTRAINTS = f"{_AGENTCORE}/policy-schema-constraints.html"


@dataclass(frozen=True)
class Limit:
    """A documented limit. meaning: in words. most: where it is a number. source: the page that states it."""

    service: Service
    name: str
    meaning: str
    most: int | None
    source: str


_ONE_RESOURCE = "all policies for one resource, or that name none, have 200,000 bytes at most"
LIMITS = (
    Limit(Service.AVP, "policy-size", "a policy has 10,000 bytes at most", 10_000, _QUOTAS),
    Limit(Service.AVP, "policies-size", _ONE_RESOURCE, 200_000, f"{_AVP}/userguide/policy-size-per-resource.html"),
    Limit(Service.AVP, "schema-size", "the schema has 100,000 bytes at most", 100_000, _QUOTAS),
    Limit(Service.AVP, "request-size", "a request has 1 MB at most", 1_000_000, _QUOTAS),
    Limit(
        *(Service.AVP, "action-id", "the id of an action has 512 characters at most", 512),
        f"{_AVP}/apireference/API_ActionIdentifier.html",
    ),
    Limit(
        *(Service.AVP, "namespace", "the namespace is not aws, amazon or cedar", None),
        f"{_AVP}/userguide/getting-started-differences-verifiedpermissions-cedar.html",
    ),
    Limit(Service.AGENTCORE, "policy-size", "a policy has 10 KB at most", 10_000, _LIMITATIONS),
    Limit(Service.AGENTCORE, "policies-size", _ONE_RESOURCE, 200_000, _LIMITATIONS),
    Limit(Service.AGENTCORE, "policies", "an engine has 1,000 policies at most", 1_000, _LIMITATIONS),
    Limit(
        *(Service.AGENTCORE, "resource", "a policy names its gateway, or that the resource is one", None),
        f"{_AGENTCORE}/example-policies-action-resource.html",
    ),
    Limit(Service.AGENTCORE, "entity-types", "every type is of the namespace `AgentCore`", None, _CONSTRAINTS),
    Limit(Service.AGENTCORE, "context", "a policy reads `context.input` only", None, _CONSTRAINTS),
)
_LIMITS = {(limit.service, limit.name): limit for limit in LIMITS}
_FORBIDDEN_NAMESPACES = ("aws", "amazon", "cedar")


@dataclass(frozen=True)
class Finding:
    """A limit that a package breaks. `rule` is empty where the policy as a whole does."""

    limit: Limit
    rule: str
    message: str


def check(package: Package, namespace: str) -> list[Finding]:
    """Every limit that is broken, by service, in the order of `LIMITS`, then of the rules."""
    found = {*_sizes(package), *_avp(package, namespace), *_agentcore(package)}
    order = {limit: at for at, limit in enumerate(LIMITS)}
    return sorted(found, key=lambda finding: (order[finding.limit], finding.rule, finding.message))


def _sizes(package: Package) -> Iterator[Finding]:
    sizes = [(rule, each.id, len(statement(each).encode())) for rule, each in package.statements]
    total = sum(size for _, _, size in sizes)
    for service in Service:
        for rule, name, size in sizes:
            yield from _above(service, "policy-size", size, f"the policy `{name}` has {size} bytes", rule)
        # No policy names a resource, so all of them count together.
        yield from _above(service, "policies-size", total, f"the policies that name no resource have {total} bytes")


def _above(service: Service, name: str, size: int, message: str, rule: str = "") -> Iterator[Finding]:
    limit = _LIMITS[service, name]
    if limit.most is not None and size > limit.most:
        yield Finding(limit, rule, f"{message}, the limit is {limit.most}")


def _avp(package: Package, namespace: str) -> Iterator[Finding]:
    schema = len(package.files["schema.cedarschema.json"].encode())
    yield from _above(Service.AVP, "schema-size", schema, f"schema.cedarschema.json has {schema} bytes")
    request = len(package.files["request.json"].encode())
    yield from _above(
        Service.AVP, "request-size", request, f"a request with every attribute has {request} bytes or more"
    )
    for rule, each in package.statements:
        for action in each.actions:
            about = f"an action id of {len(action)} characters, `{action[:40]}…`"
            yield from _above(Service.AVP, "action-id", len(action), about, rule)
    if namespace.lower() in _FORBIDDEN_NAMESPACES:
        yield Finding(_LIMITS[Service.AVP, "namespace"], "", f"the namespace `{namespace}` is not allowed")


def _agentcore(package: Package) -> Iterator[Finding]:
    count = len(package.statements)
    yield from _above(Service.AGENTCORE, "policies", count, f"{count} policies")
    if count:
        unconstrained = "no policy says which gateway is its resource, and `resource` alone is refused"
        yield Finding(_LIMITS[Service.AGENTCORE, "resource"], "", unconstrained)
    for rule, each in package.statements:
        if each.actions:
            outside = f"its policies name actions of the type `{each.action_type}`, not of the namespace `AgentCore`"
            yield Finding(_LIMITS[Service.AGENTCORE, "entity-types"], rule, outside)
    read: dict[str, set[str]] = {}
    for rule, each in package.statements:
        read.setdefault(rule, set()).update(_members(each.when))
    for rule, members in read.items():
        names = ", ".join(f"`context.{name}`" for name in sorted(members))
        if names:
            message = f"its policies read {names}; a gateway has `context.input` only"
            yield Finding(_LIMITS[Service.AGENTCORE, "context"], rule, message)


def _members(node: Expr) -> Iterator[str]:
    """The members of the context that an expression reads."""
    match node:
        case Get(of=Context(), key=key):
            yield key
        case Get(of=of) | HasKey(of=of) | Resembles(of=of):
            yield from _members(of)
        case Negate(item=item):
            yield from _members(item)
        case AndAlso(items=items) | OrElse(items=items):
            for item in items:
                yield from _members(item)
        case Relate(left=left, right=right):
            yield from _members(left)
            yield from _members(right)
        case Call(of=of, argument=argument):
            yield from _members(of)
            yield from _members(argument) if argument is not None else ()
        case _:
            return
