"""`axtary hook claude-code`: what Claude Code starts before and after each call of a tool.

The event is sent to a running proxy as it came, and the answer printed. Only if nobody listens there, it is decided in
this process by the policy. Imported is the standard library alone, until that is needed.

Claude Code lets a tool run if its hook ends with anything but an answer or exit 2 (unless the settings say `onFailure:
block`). So everything that goes wrong ends with exit 2 and a reason on standard error: bad input, a bad answer, an
error, a signal that can be caught, and a clock of our own that runs out before Claude Code's.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
import threading

TYPE_CHECKING = False  # true for type checkers, which know the name: to import `typing` takes time
if TYPE_CHECKING:
    from typing import Any, NoReturn

MAX_EVENT = 16 * 1024 * 1024
MAX_ANSWER = 1024 * 1024
MAX_TOKEN = 4096
SECONDS = 20.0  # Claude Code waits longer: see `axtary.hooks.settings`
BLOCK = 2
PROXY, TOKEN, PROJECT = "AXTARY_PROXY", "AXTARY_HOOK_TOKEN", "CLAUDE_PROJECT_DIR"  # in the environment
PATH = "/hooks/claude-code"
POLICY = "axtary.yml"
_BEFORE = "PreToolUse"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_DECISIONS = ("allow", "deny", "ask")
VALUED = ("--policy", "--proxy", "--token-file", "--timeout", "--agent", "--task")
SWITCHES = ("--ask", "--whole-commands")
Options = dict[str, str]


class Blocked(Exception):
    """There is no answer, so the tool does not run; the message says why."""


class _NoProxy(Exception):
    """Nobody listens where the proxy should be."""


def main(arguments: list[str]) -> NoReturn:
    """Read one event, print one answer. Exit 0 with an answer, 2 without."""
    try:
        for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGALRM"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: _block("the hook was interrupted"))
        options = read_options(arguments)
        clock = threading.Timer(_seconds(options), _block, ["there was no answer in time"])
        clock.daemon = True
        clock.start()
        text = answer(options, _event())
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    except Blocked as error:
        _block(str(error))
    except BaseException as error:  # an import that fails, too little memory, all there is
        _block(f"the hook failed: {type(error).__name__}")
    os._exit(0)  # nothing that runs at the end of Python may change the exit code


def read_options(arguments: list[str]) -> Options:
    """`--name value`, `--name=value` and switches. Raises Blocked."""
    found: Options = {}
    left = list(arguments)
    while left:
        name, equals, value = left.pop(0).partition("=")
        if name in SWITCHES and not equals:
            found[name] = "yes"
        elif name in VALUED and (equals or left):
            found[name] = value if equals else left.pop(0)
        else:
            raise Blocked(f"the hook has a wrong option: {name!a}")
    return found


def answer(options: Options, event: bytes) -> bytes:
    """The answer to an event, by the proxy or by the policy. Raises Blocked."""
    name = _event_name(event)
    proxy = options.get("--proxy") or os.environ.get(PROXY)
    if proxy:
        try:
            return checked(_asked(proxy, _token(options), event, _seconds(options)), name)
        except _NoProxy:
            pass
    policy = options.get("--policy") or os.path.join(os.environ.get(PROJECT) or ".", POLICY)  # noqa: PTH118
    if not os.path.isfile(policy):  # noqa: PTH113  # pathlib takes time to import
        raise Blocked("no proxy listens, and no policy is there" if proxy else "no policy is there")
    from axtary.hooks.local import answer as decide

    return checked(decide(policy, options, event), name)


def checked(text: bytes, name: str) -> bytes:
    """An answer to an event of this name, and nothing else that might be in it. Raises Blocked."""
    found = _object(text, "the answer")
    shown: Any = found.get("hookSpecificOutput")
    if name != _BEFORE:
        kept: dict[str, Any] = {key: found[key] for key in ("stopReason", "systemMessage") if key in found}
        return json.dumps({"continue": False, **kept} if found.get("continue") is False else kept).encode()
    if not isinstance(shown, dict) or shown.get("hookEventName") != name:
        raise Blocked("the answer is for another event")
    decision, why = shown.get("permissionDecision"), shown.get("permissionDecisionReason")
    if decision not in _DECISIONS or not isinstance(why, str):
        raise Blocked("the answer is no decision")
    output = {"hookEventName": name, "permissionDecision": decision, "permissionDecisionReason": why}
    return json.dumps({"hookSpecificOutput": output}).encode()


# --- the event ------------------------------------------------------------------------------------------------------


def _event() -> bytes:
    data = sys.stdin.buffer.read(MAX_EVENT + 1)
    if len(data) > MAX_EVENT:
        raise Blocked(f"the event has more than {MAX_EVENT} bytes")
    return data


def _event_name(event: bytes) -> str:
    name = _object(event, "the event").get("hook_event_name")
    if not isinstance(name, str):
        raise Blocked("the event has no name")
    return name


def _object(text: bytes, what: str) -> dict[str, Any]:
    try:
        found = json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Blocked(f"{what} is no strict JSON") from error
    if not isinstance(found, dict):
        raise Blocked(f"{what} is no object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


# --- the proxy ------------------------------------------------------------------------------------------------------


def _asked(proxy: str, token: str, event: bytes, timeout: float) -> bytes:
    """The body of the proxy's answer. By hand: to import `http.client` takes longer than all else."""
    import socket

    host, port = _address(proxy)
    head = f"POST {PATH} HTTP/1.1\r\nHost: {proxy.removeprefix('http://').rstrip('/')}\r\nConnection: close\r\n"
    head += f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {len(event)}\r\n\r\n"
    text = b""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as connection:
        connection.settimeout(timeout)
        try:
            connection.connect((host, port))
        except ConnectionRefusedError as error:
            raise _NoProxy from error
        except (OSError, OverflowError) as error:
            raise Blocked(f"the proxy cannot be reached: {type(error).__name__}") from error
        try:
            connection.sendall(head.encode("ascii") + event)
            while len(text) <= MAX_ANSWER and (part := connection.recv(65536)):
                text += part
        except OSError as error:
            raise Blocked(f"the proxy gave no answer: {type(error).__name__}") from error
    return _body(text)


def is_listening(proxy: str) -> bool:
    """Does anybody listen there? Raises Blocked if it is no address of a proxy."""
    import socket

    try:
        with socket.create_connection(_address(proxy), timeout=5):
            return True
    except (OSError, OverflowError):
        return False


def _body(text: bytes) -> bytes:
    """The body of an HTTP answer that came whole: of status 200, and just as long as it says. Raises Blocked."""
    head, _, body = text.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    words = status.split(" ")
    if not words[0].startswith("HTTP/1.") or words[1:2] != ["200"]:
        raise Blocked(f"the proxy gave no answer: {status[:40]!a}")
    headers = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    if [value for name, value in headers if name == "content-length"] != [str(len(body))]:
        raise Blocked("the proxy gave no answer of the length that it says")
    return body


def _address(proxy: str) -> tuple[str, int]:
    """Host and port of `http://127.0.0.1:PORT`: the token and the calls leave this machine for nobody."""
    rest = proxy.removeprefix("http://").rstrip("/")
    host, _, port = rest.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not proxy.startswith("http://") or host not in _LOOPBACK or not (port.isascii() and port.isdigit()):
        raise Blocked("the proxy is not at `http://127.0.0.1:PORT`")
    return host, int(port)


def _token(options: Options) -> str:
    """From the environment, or from a file that only its owner can read."""
    token = os.environ.get(TOKEN)
    file = options.get("--token-file")
    if file is not None:
        token = _file(file)
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise Blocked(f"there is no token for the proxy: set {TOKEN}, or give `--token-file`")
    return token


def _file(path: str) -> str:
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # as above
            found = os.fstat(file.fileno())
            if os.name == "posix" and (stat.S_IMODE(found.st_mode) & 0o077 or found.st_uid != os.getuid()):
                raise Blocked("the token file can be read by others: `chmod 600` it")
            return file.read(MAX_TOKEN).decode("ascii").strip()
    except (OSError, ValueError) as error:
        raise Blocked(f"the token file cannot be read: {type(error).__name__}") from error


# --- the end --------------------------------------------------------------------------------------------------------


def _seconds(options: Options) -> float:
    text = options.get("--timeout", str(SECONDS))
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= 600:
        raise Blocked("`--timeout` is no number of seconds up to 600")
    return found


def _block(why: str) -> NoReturn:
    """Exit 2, at once and from any thread: Claude Code shows the reason to the model and does not run the tool."""
    try:
        os.write(2, f"axtary: blocked: {why}\n".encode("ascii", "backslashreplace"))
    finally:
        os._exit(BLOCK)
