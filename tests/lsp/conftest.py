"""Without the package the server cannot run, and there is nothing to test but that it says so."""

from __future__ import annotations

import pytest

pytest.importorskip("pygls", reason="the language server needs axtary[lsp]")
