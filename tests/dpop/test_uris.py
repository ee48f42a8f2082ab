"""One spelling for each URI: what is equivalent by RFC 3986 sections 6.2.2 and 6.2.3 is equal, and nothing else is."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axtary.passes.errors import Reason, RefusedError
from axtary.passes.uris import MAX_URI, METHOD, check_target, normalized, synthetic
from tests.laws import examples

EQUIVALENT = [
    # 6.2.2.1 case
    ("HTTPS://a.example/x", "https://a.example/x"),
    ("https://A.Example/x", "https://a.example/x"),
    ("https://a.example/%c3%a9", "https://a.example/%C3%A9"),
    ("https://[2001:DB8::A]/", "https://[2001:db8::a]/"),
    # 6.2.2.2 escapes of unreserved characters
    ("https://a.example/%7Euser", "https://a.example/~user"),
    ("https://a.example/%61%2D%5f%2e%39", "https://a.example/a-_.9"),
    ("https://%61.example/", "https://a.example/"),
    ("https://%41.example/", "https://a.example/"),
    # 6.2.2.3 dots
    ("https://a.example/b/./c/../d", "https://a.example/b/d"),
    ("https://a.example/../../b", "https://a.example/b"),
    ("https://a.example/b/..", "https://a.example/"),
    ("https://a.example/b/.", "https://a.example/b/"),
    ("https://a.example/b/%2e%2E/c", "https://a.example/c"),
    ("https://a.example/b//../c", "https://a.example/b/c"),
    # 6.2.3 of the scheme
    ("https://a.example", "https://a.example/"),
    ("https://a.example:/", "https://a.example/"),
    ("https://a.example:443/", "https://a.example/"),
    ("http://a.example:80", "http://a.example/"),
    ("https://[::1]:443/", "https://[::1]/"),
    # the same address (RFC 5952)
    ("https://[0:0:0:0:0:0:0:1]/", "https://[::1]/"),
    ("https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/"),
    # query and fragment are no part of it
    ("https://a.example/x?y=1", "https://a.example/x"),
    ("https://a.example/x#y", "https://a.example/x"),
    ("https://a.example/x?y=/../z#é", "https://a.example/x"),
    ("https://a.example?", "https://a.example/"),
    ("https://a.example/x#a?b", "https://a.example/x"),
]
DIFFERENT = [
    ("https://a.example/", "http://a.example/"),
    ("https://a.example/", "https://b.example/"),
    ("https://a.example/", "https://a.example./"),
    ("https://a.example:80/", "https://a.example/"),
    ("http://a.example:443/", "http://a.example/"),
    ("https://a.example/x", "https://a.example/X"),
    ("https://a.example/x", "https://a.example/x/"),
    ("https://a.example/x", "https://a.example//x"),
    ("https://a.example/a/b", "https://a.example/a%2Fb"),
    ("https://a.example/a?b", "https://a.example/a%3Fb"),
    ("https://a.example/a;b", "https://a.example/a%3Bb"),
    ("https://a.example/a+b", "https://a.example/a%20b"),
    ("https://a.example/%2561", "https://a.example/%61"),
    ("https://a.example/...", "https://a.example/"),
    ("https://a.example/b%2F..%2Fc", "https://a.example/c"),
    ("https://a.example/%C3%A9", "https://a.example/e%CC%81"),
    ("https://127.0.0.1/", "https://127.1/"),
    ("https://[::1]/", "https://[::2]/"),
    ("https://call/a/b", "axtary://call/a/b"),
]
REFUSED = [
    "",
    "/tools",
    "//a.example/tools",
    "a.example/tools",
    "https:/a.example/",
    "https:a.example",
    "https:///tools",
    "https://:443/",
    " https://a.example/",
    "https://a.example/ x",
    "https://a.example/x\n",
    "https://a.example\n/",
    "https://user@a.example/",
    "https://user:secret@a.example/",
    "https://@a.example/",
    "https://a.example\\@b.example/",
    "https://a.example/b\\c",
    "https://é.example/",
    "https://%C3%A9.example/",
    "https://a.example/é",
    "https://a\u2024example/",
    "https://a.example/%",
    "https://a.example/%4",
    "https://a.example/%zz",
    "https://a%2Fb.example/",
    "https://a%40b.example/",
    "https://a.example:0/",
    "https://a.example:0443/",
    "https://a.example:65536/",
    "https://a.example:99999999/",
    "https://a.example:٤٤٣/",
    "https://a.example:443:443/",
    "https://a.example:x/",
    "https://[::1/",
    "https://[::1]x/",
    "https://[::1]]/",
    "https://[::g]/",
    "https://[fe80::1%25eth0]/",
    "https://[v1.x]/",
    "https://[127.0.0.1]/",
    "https://[]/",
    "https://a[::1]/",
    'https://a.example/"',
    "https://a.example/<x>",
    "https://a.example/x|y",
    "https://a.example/x^y`{z}",
    "ftp://a.example/",
    "wss://a.example/",
    "file:///etc/passwd",
    "javascript://a.example/",
    "http s://a.example/",
    "https://a.example/" + "x" * MAX_URI,
    # calls have one spelling
    "axtary://call/a/b?c",
    "axtary://call/a/b#c",
    "axtary://call/a/b/c",
    "axtary://call/a",
    "axtary://call/a/",
    "axtary://call//b",
    "axtary://call/a/..",
    "axtary://call/a/%2E",
    "axtary://call/a/%62",
    "axtary://call/a/%2f",
    "axtary://call/a/é",
    "axtary://call/a/%FF",
    "axtary://CALL/a/b",
    "axtary://call:443/a/b",
    "AXTARY://call/a/b",
    "axtary://other/a/b",
]


@pytest.mark.parametrize(("left", "right"), EQUIVALENT)
def test_equivalent(left: str, right: str) -> None:
    assert normalized(left) == normalized(right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_different(left: str, right: str) -> None:
    assert normalized(left) != normalized(right)


@pytest.mark.parametrize("uri", REFUSED)
def test_refused(uri: str) -> None:
    with pytest.raises(RefusedError) as caught:
        normalized(uri)
    assert caught.value.reason is Reason.URI_ILL_FORMED


def test_the_longest() -> None:
    longest = "https://a.example/" + "x" * (MAX_URI - 18)
    assert normalized(longest + "?" + "y" * 9999) == longest


# --- laws -----------------------------------------------------------------------------------------------------------

SEGMENTS = st.lists(
    st.sampled_from([".", "..", "", "a", "B", "~", "%41", "%2e", "%2E%2e", "%c3%A9", "%2f", "%25", "c;d"])
)
HOSTS = st.sampled_from(["a.example", "A.Example", "%61.example", "127.0.0.1", "[::1]", "[0:0::1]", "[2001:DB8::1]"])
URIS = st.builds(
    lambda scheme, host, port, segments, rest: f"{scheme}://{host}{port}{''.join(f'/{s}' for s in segments)}{rest}",
    st.sampled_from(["http", "HTTPS", "https"]),
    HOSTS,
    st.sampled_from(["", ":", ":80", ":443", ":8080"]),
    SEGMENTS,
    st.sampled_from(["", "?q", "#f", "?q#f"]),
)


@given(URIS)
@settings(max_examples=examples(300), derandomize=True, deadline=None)
def test_normal_forms_are_fixed_points(uri: str) -> None:
    """Law: normalized(normalized(u)) = normalized(u), and a normal form has nothing left to normalize."""
    normal = normalized(uri)
    assert normalized(normal) == normal
    scheme, _, rest = normal.partition("://")
    host, *segments = rest.split("/")
    assert (scheme, host) == (scheme.lower(), host.lower())
    assert not host.endswith((":", {"http": ":80", "https": ":443"}[scheme]))
    assert segments and not {".", ".."} & set(segments)
    escapes = re.findall(r"%(..)", "/".join(segments))
    assert not [each for each in escapes if each != each.upper() or re.match(r"[\w.~-]", chr(int(each, 16)), re.ASCII)]


def transcribed(path: str) -> str:
    """`remove_dot_segments` as RFC 3986 section 5.2.4 writes it, with its two buffers."""
    out = ""
    while path:
        if path.startswith("/./"):
            path = path[2:]
        elif path == "/.":
            path = "/"
        elif path.startswith("/../"):
            path, out = path[3:], out.rpartition("/")[0]
        elif path == "/..":
            path, out = "/", out.rpartition("/")[0]
        else:
            end = path.find("/", 1) if path.find("/", 1) > 0 else len(path)
            out, path = out + path[:end], path[end:]
    return out


@given(st.lists(st.sampled_from([".", "..", "", "a", "...", "b"]), max_size=8))
@settings(max_examples=examples(250), derandomize=True, deadline=None)
def test_dots_go_as_the_rfc_says(segments: list[str]) -> None:
    """Law: the path of the normal form is that of section 5.2.4, for every path."""
    path = "".join(f"/{segment}" for segment in segments)
    assert normalized(f"https://a.example{path}") == f"https://a.example{transcribed(path) or '/'}"


@given(st.text(max_size=60))
@settings(max_examples=examples(400), derandomize=True, deadline=None)
def test_any_text_is_refused_or_has_a_normal_form(text: str) -> None:
    """Law: no text does anything else, and a normal form is printable ASCII with a scheme and a host."""
    for uri in (text, f"https://{text}", f"https://a.example/{text}", f"axtary://call/{text}"):
        try:
            normal = normalized(uri)
        except RefusedError as error:
            assert error.reason is Reason.URI_ILL_FORMED
            continue
        assert normal.isascii() and normal.isprintable() and " " not in normal
        assert urlsplit(normal).scheme and urlsplit(normal).hostname


# --- calls ----------------------------------------------------------------------------------------------------------


def test_a_call_has_a_method_and_a_uri() -> None:
    assert synthetic("mcp.example", "fs.read") == ("CALL", "axtary://call/mcp.example/fs.read")
    assert synthetic("https://a/b", "läs/..")[1] == "axtary://call/https%3A%2F%2Fa%2Fb/l%C3%A4s%2F.."


NAMES = st.text(st.sampled_from("ab.%/:?#2F é\0"), min_size=1, max_size=6).filter(lambda name: name not in (".", ".."))


@given(NAMES, NAMES, NAMES, NAMES)
@settings(max_examples=examples(200), derandomize=True, deadline=None)
def test_two_calls_never_share_a_uri(audience: str, tool: str, other: str, other_tool: str) -> None:
    """Law: synthetic(a, t) is a normal form, and equal to synthetic(b, u) only if a = b and t = u."""
    method, uri = synthetic(audience, tool)
    assert check_target(method, uri) == (method, uri)
    assert (uri == synthetic(other, other_tool)[1]) == ((audience, tool) == (other, other_tool))
    assert synthetic(audience + tool, other)[1] != synthetic(audience, tool + other)[1]


@pytest.mark.parametrize("names", [("", "t"), ("a", ""), (".", "t"), ("a", ".."), ("a", "\ud800"), ("a", "ä" * 400)])
def test_what_would_not_be_a_segment_is_refused(names: tuple[str, str]) -> None:
    with pytest.raises(RefusedError) as caught:
        synthetic(*names)
    assert caught.value.reason is Reason.URI_ILL_FORMED


@pytest.mark.parametrize(
    ("method", "uri"),
    [
        (METHOD, "https://a.example/"),
        ("POST", "axtary://call/a/b"),
        ("call", "axtary://call/a/b"),
        ("", "https://a.example/"),
        ("GET ", "https://a.example/"),
        ("GET\n", "https://a.example/"),
        ("G" * 33, "https://a.example/"),
        ("GÉT", "https://a.example/"),
    ],
)
def test_requests_and_calls_do_not_mix(method: str, uri: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_target(method, uri)
    assert caught.value.reason is Reason.METHOD_ILL_FORMED
