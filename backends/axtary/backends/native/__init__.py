"""The native engine: the hot path, in pure Python."""

from axtary.backends.native.engine import NativeEngine, compile, evaluate
from axtary.backends.native.stops import Seen, Stop

__all__ = ["NativeEngine", "Seen", "Stop", "compile", "evaluate"]
