"""Normalise, decide, reserve, issue the pass, record, execute, record what came of it, count.

Nothing is executed unless every step before it succeeded, and what is executed is what the pass is for.

    result = pipeline.submit(action, provider, key)          # the pipeline executes
    result = pipeline.begin(action, key)                     # the caller does, if result.status is `authorized`,
    pipeline.end(key, Ran("succeeded", answer))              # and says what came of it
"""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace

from axtary.approvals import approve_and_decide, named
from axtary.approvals.queue import Queue, Request
from axtary.compiler.approvers import ApproverList
from axtary.connectors.provider import Provider, ProviderError, Ran
from axtary.ledger import Ledger, LedgerError, of
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.issue import Issued, Terms, issue
from axtary.passes.keys import PrivateKey
from axtary.passes.keyset import KeySet, TrustedKey
from axtary.passes.verify import Verifier
from axtary.pipeline.attempts import Attempt, Attempts, MovedError
from axtary.pipeline.earlier import earlier, failed, repeated, under_way
from axtary.pipeline.normalise import Given, normalised
from axtary.pipeline.owner import this_process
from axtary.pipeline.result import Incident, Result
from axtary.pipeline.run import Run, Watch, is_key, new_key, unwatched
from axtary.pipeline.settle import checked, kept, record_incidents, settle
from axtary.runtime.action import Action
from axtary.runtime.decision import STATE_UNAVAILABLE, Decision, Ground
from axtary.runtime.engine import Engine
from axtary.runtime.errors import DoorError, Problem
from axtary.runtime.hashing import action_hash
from axtary.runtime.state import Once, StateError

HOLD = 600  # seconds that an attempt is its owner's
_SECOND = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """Safe to use from any thread. `signer` signs passes, which are verified before anything runs."""

    engine: Engine
    ledger: Ledger
    attempts: Attempts
    queue: Queue
    once: Once
    signer: PrivateKey
    approvers: Callable[[], ApproverList] = ApproverList
    terms: Terms = field(default_factory=Terms)
    payloads: bool = False  # are payloads kept in the ledger?
    hold: int = HOLD
    clock: Callable[[], float] = time.time
    owner: str = field(default_factory=this_process)
    report: Callable[[Result], None] = lambda _result: None  # hears of everything that came to an end
    watch: Watch = unwatched  # is around each stage

    # --- entry points -----------------------------------------------------------------------------------------------

    def submit(self, action: Given, provider: Provider, key: str | None = None) -> Result:
        """Have an action executed by `provider`, at most once for each `key`. Never raises for what others do."""
        run = Run(new_key() if key is None else key, watch=self.watch)
        result, attempt = self._begun(run, action, provider)
        if attempt is None or result.decision is None:
            return self._reported(run, result)
        authorised = deepcopy(dict(result.decision.action))  # nobody else has a hand on it
        ran = self._executed(run, provider, authorised, result.token or "")
        return self._reported(run, self._ended(run, attempt, ran, result))

    def begin(self, action: Given, key: str | None = None) -> Result:
        """As `submit`, for a caller who executes: only if the status is `authorized`, and then says so with `end`.

        The attempt counts as executing from here on.
        """
        run = Run(new_key() if key is None else key, is_own=False, watch=self.watch)
        result, attempt = self._begun(run, action, None)
        return self._reported(run, replace(result, status="authorized") if attempt is not None else result)

    def end(self, key: str, ran: Ran, executed: str | None = None) -> Result:
        """What came of an action that the caller executed. `executed` is the action hash of what really ran.

        Another hash than that of the pass is an incident.
        """
        run = Run(key, is_own=False, watch=self.watch)
        try:
            attempt = self.attempts.find(key)
        except StateError as error:
            return self._reported(run, failed(run, STATE_UNAVAILABLE, f"the state cannot be used: {error}"))
        if attempt is None:
            return self._reported(run, self._stray(run, ran, executed))
        run.about = attempt.about
        if executed is not None and executed != attempt.action_hash:  # also if it is said once more
            text = f"what ran is {executed}, and what was authorized {attempt.action_hash}"
            run.incidents.append(Incident("other_action_executed", text))
        if attempt.stage != "executing":
            return self._reported(run, repeated(run, attempt))
        return self._reported(run, self._ended(run, attempt, ran, Result("executed", key)))

    def evaluate(self, action: Given) -> Result:
        """The decision for a caller who asks and never says what came of it, with status `authorized` for a yes.

        What a yes costs is counted at once, and an approval is used up: whoever is told yes is taken to do it. Nothing
        is held, and there is no pass and no attempt.
        """
        run = Run(new_key(), is_own=False, watch=self.watch)
        try:
            with run.stage("normalise"):
                admitted = normalised(action, None)
            return self._reported(run, self._evaluated(run, admitted))
        except DoorError as error:
            return self._reported(run, Result("malformed", run.key, tuple(map(_ground, error.problems))))
        except StateError as error:
            return self._reported(run, failed(run, STATE_UNAVAILABLE, f"the state cannot be used: {error}"))

    # --- before -----------------------------------------------------------------------------------------------------

    def _evaluated(self, run: Run, action: Action) -> Result:
        """Counted, then recorded, then answered: what fails in between is spent, and answered with no."""
        request, artifacts, decision = self._asked(run, action)
        if decision.decision == "step_up":
            return self._held(run, decision)
        if decision.decision == "deny":
            return self._blocked(run, decision)
        self._use(run, request, decision)
        issued = self._issued(run, artifacts, decision)
        if isinstance(issued, Decision):  # what would not run is no yes
            return self._blocked(run, issued)
        with run.stage("commit"):
            self.engine.commit(decision)
        try:
            with run.stage("record"):
                receipt = self.ledger.append(of.decision(decision, payloads=self.payloads))
        except LedgerError as error:
            return self._unrecorded(run, decision, error)
        return Result("authorized", run.key, decision.grounds, decision, receipt.seq)

    def _asked(self, run: Run, action: Action) -> tuple[Request | None, list[str], Decision]:
        """The open request for approval, its artifacts, and the decision with them."""
        with run.stage("decide"):
            request = self.queue.open_of(action_hash(action), self.engine.policy_version)
            artifacts = request.artifacts(int(self.clock())) if request is not None else []
            decision = approve_and_decide(self.engine, action, artifacts, self.approvers(), self.once, self.clock)
            if request is not None and any(each.code == Reason.APPROVAL_USED.value for each in decision.grounds):
                self.queue.end(request.id, "used")  # whoever used them died before that, or is about to do it
        return request, artifacts, decision

    def _use(self, run: Run, request: Request | None, decision: Decision) -> None:
        """End the request whose approvals were used up. Raises StateError, and nothing is reserved then."""
        try:
            if request is not None:
                self.queue.end(request.id, "used")
        except StateError:
            self._give_back(run, decision)
            raise

    def _issued(self, run: Run, artifacts: list[str], decision: Decision) -> Issued | Decision:
        """The pass for an allow; or the deny that it is without one, and nothing is reserved then."""
        try:
            with run.stage("issue"):
                approved = named(artifacts) if artifacts else None
                return issue(decision, self.signer, self.clock(), self.terms, approved=approved)
        except RefusedError as error:
            self._give_back(run, decision)
            return replace(decision, decision="deny", grounds=(Ground(error.reason.value, "", error.message),))

    def _begun(self, run: Run, given: Given, provider: Provider | None) -> tuple[Result, Attempt | None]:
        """The attempt is there only if it is to be executed now."""
        try:
            with run.stage("normalise"):
                action = normalised(given, provider)
                wanted = action_hash(action)
        except DoorError as error:
            return Result("malformed", run.key, tuple(map(_ground, error.problems))), None
        except ProviderError as error:
            return Result("malformed", run.key, (Ground(error.code, "", error.message),)), None
        except Exception as error:
            self._crashed(run, error)
            return failed(run, "provider_crashed", "the provider broke off before anything was decided"), None
        if not is_key(run.key):
            text = "the key of an attempt is 1 to 200 printable ASCII characters without spaces"
            return Result("malformed", new_key(), (Ground("key_ill_formed", "", text),)), None
        try:
            with run.stage("journal"):
                before = self.attempts.find(run.key)
                if before is not None:
                    return earlier(run, before, wanted), None
            return self._decided(run, action)
        except StateError as error:
            return failed(run, STATE_UNAVAILABLE, f"the state cannot be used: {error}"), None

    def _decided(self, run: Run, action: Action) -> tuple[Result, Attempt | None]:
        if not (action.get("actor") or {}).get("agent"):  # no pass names nobody: it could never run
            text = "the action does not say which agent it is of (`actor.agent`)"
            ground = Ground("no_agent", "", text)
            return self._blocked(run, Decision("deny", (ground,), (), {}, self.engine.policy_version, action)), None
        request, artifacts, decision = self._asked(run, action)
        if decision.decision == "step_up":
            return self._held(run, decision), None
        if decision.decision == "deny":
            return self._blocked(run, decision), None
        self._use(run, request, decision)
        issued = self._issued(run, artifacts, decision)
        if isinstance(issued, Decision):
            return self._blocked(run, issued), None
        return self._claimed(run, decision, issued)

    def _claimed(self, run: Run, decision: Decision, issued: Issued) -> tuple[Result, Attempt | None]:
        """The journal first, then the ledger, then the journal again: from there on it may have run."""
        try:
            with run.stage("journal"):
                attempt = self._attempt(run, decision, issued)
                if not self.attempts.add(attempt, self.hold * _SECOND):
                    self._give_back(run, decision)
                    before = self.attempts.find(run.key)
                    found = earlier(run, before, decision.action_hash) if before is not None else under_way(run)
                    return found, None
        except (StateError, LedgerError):
            self._give_back(run, decision)
            raise
        try:
            with run.stage("record"):
                entry = of.decision(decision, jti=issued.claims.jti, payloads=self.payloads)
                receipt = self.ledger.append(entry)
            with run.stage("journal"):
                attempt = self.attempts.move(attempt, "executing")
        except (LedgerError, StateError) as error:
            self._give_back(run, decision)
            self._drop(run, attempt)
            return self._unrecorded(run, decision, error), None
        found = Result("executed", run.key, decision.grounds, decision, receipt.seq, token=issued.token)
        return found, attempt

    def _attempt(self, run: Run, decision: Decision, issued: Issued) -> Attempt:
        try:
            size = self.ledger.rows.head().size
        except LedgerError as error:
            raise StateError(f"the ledger cannot be read: {error}") from None
        units = self.engine.units(decision.fired)
        is_same = self.engine.policy_version == decision.policy_version  # else they are those of another policy
        return Attempt(
            run.key,
            "authorized",
            decision.action_hash,
            of.about(decision),
            decision.reservation,
            issued.claims.jti,
            size,
            self.owner if run.is_own else "",  # whoever executes for us lives on when we are gone
            0,
            units if is_same else {},
        )

    def _held(self, run: Run, decision: Decision) -> Result:
        try:
            with run.stage("ask"):
                request: Request | None = self.queue.ask(decision)
        except StateError as error:
            run.incidents.append(Incident("approval_not_asked", f"nobody can be asked: {error}"))
            request = None
        record = self._recorded(run, decision)
        name = request.id if request is not None else None
        return Result("pending" if name else "blocked", run.key, decision.grounds, decision, record, request=name)

    def _blocked(self, run: Run, decision: Decision) -> Result:
        return Result("blocked", run.key, decision.grounds, decision, self._recorded(run, decision))

    def _recorded(self, run: Run, decision: Decision) -> int | None:
        """Record that something did not run. If that fails it does not run all the same, and the failure is told."""
        try:
            with run.stage("record"):
                return self.ledger.append(of.decision(decision, payloads=self.payloads)).seq
        except LedgerError as error:
            run.incidents.append(Incident("decision_not_recorded", f"the decision is not recorded: {error}"))
            return None

    def _unrecorded(self, run: Run, decision: Decision, error: Exception) -> Result:
        ground = Ground("not_recorded", "", f"the decision cannot be recorded, so nothing runs: {error}")
        return Result("failed", run.key, (ground,), decision)

    def _give_back(self, run: Run, decision: Decision) -> None:
        try:
            self.engine.roll_back(decision)
        except StateError as error:  # then it expires by itself
            run.incidents.append(Incident("not_rolled_back", f"what is reserved stays so until it expires: {error}"))

    def _drop(self, run: Run, attempt: Attempt) -> None:
        try:
            self.attempts.drop(attempt)
        except StateError as error:  # then it is found later, and told from one that ran
            run.incidents.append(Incident("attempt_not_dropped", f"the attempt stays in the journal: {error}"))

    # --- execution and after ----------------------------------------------------------------------------------------

    def _executed(self, run: Run, provider: Provider, action: Action, token: str) -> Ran:
        try:
            with run.stage("verify"):
                self._verifier().verify(token, action, self.clock())
            with run.stage("execute"):
                return checked(provider.execute(action, run.key))
        except RefusedError as error:
            return Ran("failed", message=f"the pass is refused, so nothing was sent: {error.message}")
        except ProviderError as error:
            return Ran("failed", message=f"nothing was sent: {error.message}")
        except Exception as error:
            # What a provider raises besides its own error says nothing about whether it did something.
            self._crashed(run, error)
            return Ran("unknown", message="the provider broke off, and may have done it")

    def _crashed(self, run: Run, error: Exception) -> None:
        run.incidents.append(Incident("provider_crashed", f"the provider raised {type(error).__name__}"))

    def _ended(self, run: Run, attempt: Attempt, ran: Ran, result: Result) -> Result:
        """Journal, ledger, account. What fails here is an incident: it ran."""
        told = kept(ran)
        found = replace(result, status="executed" if ran.outcome == "succeeded" else "failed", ran=ran, token=None)
        try:
            with run.stage("journal"):
                attempt = self.attempts.move(attempt, "ran", told)
        except StateError as error:
            if isinstance(error, MovedError) and not run.is_own:  # somebody else said first what came of it
                return self._said(run)
            run.incidents.append(Incident("outcome_not_kept", f"the journal cannot keep the outcome: {error}"))
            attempt = replace(attempt, ran=told)
        settle(run, attempt, self.engine, self.ledger, self.attempts)
        return found

    def _said(self, run: Run) -> Result:
        try:
            before = self.attempts.find(run.key)
        except StateError as error:
            return failed(run, STATE_UNAVAILABLE, f"the state cannot be used: {error}")
        return repeated(run, before) if before is not None else under_way(run)

    def _stray(self, run: Run, ran: Ran, executed: str | None) -> Result:
        run.incidents.append(
            Incident("executed_without_attempt", f"{executed or 'something'} ran, and nobody allowed it")
        )
        return Result("failed", run.key, ran=ran)

    def _reported(self, run: Run, result: Result) -> Result:
        about = of.about(result.decision) if result.decision is not None else run.about
        record_incidents(run, about, self.ledger)
        found = replace(result, timings=run.timings, incidents=tuple(run.incidents))
        self.report(found)
        return found

    def _verifier(self) -> Verifier:
        keys = KeySet([TrustedKey(self.signer.public)])
        terms = self.terms
        return Verifier(keys=keys, issuer=terms.issuer, audience=terms.audience, max_ttl=terms.max_ttl)


def _ground(problem: Problem) -> Ground:
    text = f"{problem.message} (at {problem.path})" if problem.path else problem.message
    return Ground(problem.code, "", text)
