"""bundle.tar.gz: written the same for the same files, read with limits and without touching the disk."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Mapping

from axtary.runtime.bundle.errors import BundleError

MAX_ARCHIVE = 64 * 2**20  # bytes, packed
MAX_UNPACKED = 256 * 2**20  # bytes; what unpacks to more is refused before it is read further
MAX_FILES = 64


def pack(files: Mapping[str, bytes]) -> bytes:
    """A gzipped tar of regular files, sorted, with no times, owners or modes of this machine in it."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(files):
            entry = tarfile.TarInfo(f"/{name}")  # OPA writes them so
            entry.size, entry.mode = len(files[name]), 0o644
            tar.addfile(entry, io.BytesIO(files[name]))
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=9, mtime=0) as stream:
        stream.write(body.getvalue())
    return packed.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The files by name, without a slash before it. Raises BundleError AX1101."""
    if len(data) > MAX_ARCHIVE:
        raise _bad(f"more than {MAX_ARCHIVE} bytes")
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(_inflated(data)), mode="r:") as tar:
            for entry in tar:
                name = entry.name.removeprefix("/")
                if not entry.isreg() or name in found or ".." in name.split("/") or len(found) >= MAX_FILES:
                    raise _bad(f"`{entry.name[:100]}` has no place in it")
                content = tar.extractfile(entry)
                found[name] = content.read() if content is not None else b""
    except (tarfile.TarError, EOFError, OSError, ValueError, UnicodeError):
        raise _bad("it is no gzipped tar archive") from None
    return found


def _inflated(data: bytes) -> bytes:
    """The tar inside, at most MAX_UNPACKED bytes; one gzip member, and nothing behind it."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        body = inflater.decompress(data, MAX_UNPACKED + 1)
    except zlib.error:
        raise _bad("it is no gzipped tar archive") from None
    if len(body) > MAX_UNPACKED:
        raise _bad(f"it unpacks to more than {MAX_UNPACKED} bytes")
    if not inflater.eof or inflater.unused_data:
        raise _bad("it is cut off, or something follows it")
    return body


def _bad(why: str) -> BundleError:
    return BundleError("AX1101", f"this is no bundle: {why}", "give the `bundle.tar.gz` that was exported, whole")
