"""The enforcement point: every entry point hands its actions to one pipeline, and nothing runs past it."""

from axtary.pipeline.approving import approvals_of
from axtary.pipeline.opening import open_pipeline
from axtary.pipeline.pipeline import Pipeline
from axtary.pipeline.recovery import recover
from axtary.pipeline.result import Incident, Result, Status

__all__ = ["Incident", "Pipeline", "Result", "Status", "approvals_of", "open_pipeline", "recover"]
