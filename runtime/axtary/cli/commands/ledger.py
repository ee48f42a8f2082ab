"""`axtary ledger`, `axtary attest-ledger` and `axtary verify-export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.options import DEFAULT, Framing, JsonOption, LedgerFormat

ledger = typer.Typer(help="Read, verify and export records of decisions.", no_args_is_help=True, rich_markup_mode=None)

LedgerOption = Annotated[
    str | None, typer.Option("--ledger", help="The ledger, if not that of the policy.", metavar="FILE|URL")
]
PolicyOption = Annotated[Path, typer.Option("--policy", help="The policy whose ledger it is.", metavar="FILE")]
KeyOption = Annotated[
    list[Path] | None,
    typer.Option("--key", help="A public key that is trusted: a JWK, or a set of them. Repeatable.", metavar="FILE"),
]
KindOption = Annotated[str | None, typer.Option("--kind", help="Only records of this kind.", metavar="KIND")]
DecisionOption = Annotated[
    str | None, typer.Option("--decision", help="Only decisions of this kind: allow, deny, step_up.", metavar="WORD")
]
ToolOption = Annotated[str | None, typer.Option("--tool", help="Only records about this tool.", metavar="TOOL")]
ActorOption = Annotated[
    str | None, typer.Option("--actor", help="Only records about this agent, owner or tenant.", metavar="NAME")
]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="From this time on (UTC), such as 2026-11-25.", metavar="TIME")
]
UntilOption = Annotated[str | None, typer.Option("--until", help="Before this time (UTC).", metavar="TIME")]
OutputOption = Annotated[Path, typer.Option("-o", "--output", help="Write the records here.", metavar="FILE.jsonl")]


@ledger.callback()
def _group() -> None:
    pass


@ledger.command(
    "import", epilog="Example: axtary ledger import opa-decisions.json.gz -o actions.jsonl --policy axtary.yml"
)
def import_(
    logs: Annotated[list[Path], typer.Argument(help="Decision logs of OPA: JSON Lines or arrays, also gzipped.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the actions here, for replay.", metavar="FILE.jsonl")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="Compare each decision with what this policy says.", metavar="FILE")
    ] = None,
    into: Annotated[
        str | None,
        typer.Option("--into", help="Append to this ledger, as records of the kind `imported`.", metavar="FILE|URL"),
    ] = None,
    payloads: Annotated[
        bool, typer.Option("--payloads", help="With --into: record what the actions say, too, without secrets.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Read what a fleet of OPA decided, for replay or for the ledger. With `--policy`, exit 1 if a decision differs."""
    from axtary.cli import ledger_import as command

    command.run(logs, output, policy, command.Into(into, payloads), json)


@ledger.command(epilog="Example: axtary ledger show 17")
def show(
    seq: Annotated[int | None, typer.Argument(help="The number of a record; without one, the whole.", min=0)] = None,
    policy: PolicyOption = DEFAULT,
    where: LedgerOption = None,
    json: JsonOption = False,
) -> None:
    """Show a record, or what the ledger is: how many records, the root, the last hash, the checkpoints."""
    from axtary.cli import ledger as command

    command.shown(seq, policy, where, json)


@ledger.command(epilog="Example: axtary ledger tail -n 20 --follow")
def tail(
    count: Annotated[int, typer.Option("-n", "--lines", help="How many of the last records.", min=0)] = 10,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on with those to come.")] = False,
    policy: PolicyOption = DEFAULT,
    where: LedgerOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON Lines: the records as they are.")] = False,
) -> None:
    """Print the last records, one a line."""
    from axtary.cli import ledger as command

    command.tail(count, follow, policy, where, json)


@ledger.command(epilog="Example: axtary ledger verify --key keys.json --expect checkpoint.jws")
def verify(
    key: KeyOption = None,
    expect: Annotated[
        list[Path] | None,
        typer.Option("--expect", help="A checkpoint that was kept outside. Repeatable.", metavar="CHECKPOINT"),
    ] = None,
    policy: PolicyOption = DEFAULT,
    where: LedgerOption = None,
    json: JsonOption = False,
) -> None:
    """Work everything out again from the bytes of the records. Exit 1 if something is wrong: it is named."""
    from axtary.cli import ledger as command

    command.verify(key or [], expect or [], policy, where, json)


@ledger.command(epilog="Example: axtary ledger prove 17 > proof.json")
def prove(
    seq: Annotated[int | None, typer.Argument(help="The record that is in the ledger.", min=0)] = None,
    since: Annotated[
        Path | None, typer.Option("--from", help="The checkpoint that the ledger goes on from.", metavar="CHECKPOINT")
    ] = None,
    key: KeyOption = None,
    policy: PolicyOption = DEFAULT,
    where: LedgerOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print errors as JSON, too.")] = False,
) -> None:
    """Print the proof that a record is in the ledger, or that the ledger goes on from a checkpoint, as JSON."""
    from axtary.cli import ledger as command

    command.prove(seq, since, key or [], policy, where, json)


@ledger.command("verify-proof", epilog="Example: axtary ledger verify-proof proof.json --key keys.json")
def verify_proof(
    file: Annotated[Path, typer.Argument(help="What `ledger prove` printed.", metavar="FILE")],
    key: KeyOption = None,
    expect: Annotated[
        list[Path] | None,
        typer.Option("--expect", help="A checkpoint that was kept outside. Repeatable.", metavar="CHECKPOINT"),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Verify a proof with public keys alone, without the ledger. Exit 1 if something is wrong: it is named."""
    from axtary.cli import ledger_proof as command

    command.run(file, key or [], expect or [], json)


@ledger.command(epilog="Example: axtary ledger export --format ocsf -o november.jsonl --since 2026-11 --until 2026-12")
def export(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write here; else to standard output.", metavar="FILE")
    ] = None,
    form: Annotated[
        LedgerFormat, typer.Option("--format", help="For whom: attested is for `verify-export`, the others for a SIEM.")
    ] = LedgerFormat.attested,
    framing: Annotated[
        Framing | None, typer.Option("--framing", help="Of syslog: lines (default), or octets counted, for TCP.")
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    kind: KindOption = None,
    decision: DecisionOption = None,
    tool: ToolOption = None,
    actor: ActorOption = None,
    policy: PolicyOption = DEFAULT,
    where: LedgerOption = None,
    json: JsonOption = False,
) -> None:
    """Write records: for `verify-export` up to the newest checkpoint, what is chosen with proofs; for a SIEM all."""
    asked = (since, until, kind, decision, tool, actor)
    if form is LedgerFormat.attested and framing is None:
        from axtary.cli import ledger_export as command

        command.export(output, asked, policy, where, json)
    from axtary.cli import ledger_siem

    ledger_siem.export(output, form.value, framing.value if framing else None, asked, policy, where, json)


@ledger.command(epilog="Example: axtary ledger stats --since 2026-11")
def stats(
    since: SinceOption = None,
    until: UntilOption = None,
    top: Annotated[int, typer.Option("--top", help="How many tools and rules.", min=1, max=1000)] = 10,
    policy: PolicyOption = DEFAULT,
    where: LedgerOption = None,
    json: JsonOption = False,
) -> None:
    """Draw decisions over time, and which tools and rules are denied most."""
    from axtary.cli import ledger_stats as command

    command.run(since, until, top, policy, where, json)


def attest_ledger(
    output: OutputOption,
    key: Annotated[Path, typer.Option("--key", help="The private key that signs: a JWK.", metavar="FILE")],
    since: SinceOption = None,
    until: UntilOption = None,
    kind: KindOption = None,
    decision: DecisionOption = None,
    tool: ToolOption = None,
    actor: ActorOption = None,
    policy: PolicyOption = DEFAULT,
    where: LedgerOption = None,
    json: JsonOption = False,
) -> None:
    """Write records, up to now, and beside them an attestation (FILE.jsonl.jws) that any JOSE library checks."""
    from axtary.cli import ledger_export as command

    command.attest(output, key, (since, until, kind, decision, tool, actor), policy, where, json)


def verify_export(
    file: Annotated[Path, typer.Argument(help="What `ledger export` or `attest-ledger` wrote.", metavar="FILE.jsonl")],
    key: KeyOption = None,
    attestation: Annotated[
        Path | None, typer.Option("--attestation", help="Its attestation, if it has one.", metavar="FILE.jws")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Verify an export with public keys alone, without the ledger. Exit 1 if something is wrong: it is named."""
    from axtary.cli import ledger_export as command

    command.verify(file, key or [], attestation, json)
