"""`axtary policy`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axtary.cli.commands.options import (
    DEFAULT,
    CedarService,
    DiffFormat,
    EffectName,
    EngineName,
    Expected,
    ExportTarget,
    ForeignFormat,
    Format,
    JsonOption,
    PolicyArgument,
    RecordsOption,
    Target,
)

policy = typer.Typer(help="Check, compile, simulate and prove a policy.", no_args_is_help=True, rich_markup_mode=None)


@policy.command(epilog="Example: axtary policy check axtary.yml --strict --lint --format sarif")
def check(
    policy: PolicyArgument = DEFAULT,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if there are warnings.")] = False,
    format: Annotated[Format, typer.Option(help="In what form to report.")] = Format.text,
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended safely, and write the files.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", "--dry-run", help="Show what --fix would change, and write nothing.")
    ] = False,
    lint: Annotated[
        bool, typer.Option("--lint", help="Prove more: rules that decide nothing, say. Seconds for 1,000 rules.")
    ] = False,
) -> None:
    """Report every error and warning in a policy. Exit 0 ok, 1 warnings with --strict, 2 errors."""
    from axtary.cli import check as command

    command.run(policy, strict, "json" if json else format.value, command.Changes(fix, diff), lint)


@policy.command(epilog="Example: axtary policy fmt --check")
def fmt(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Policy files; - for standard input. By default axtary.yml and what it includes.", metavar="FILE"
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")] = False,
    json: JsonOption = False,
) -> None:
    """Write policies in the one canonical layout, comments kept. Exit 1 if --check or --diff find a change."""
    from axtary.cli import fmt as command

    command.run(files or [], check, diff, json)


@policy.command(epilog="Example: axtary policy test --engine all --coverage --fail-under 90")
def test(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="The policy, and test files: their names end in .test.yml.", metavar="[POLICY] [FILES]..."),
    ] = None,
    filter: Annotated[str, typer.Option(help="Only cases with this text in their name or file.", metavar="TEXT")] = "",
    engine: Annotated[EngineName, typer.Option(help="Who answers.")] = EngineName.native,
    watch: Annotated[bool, typer.Option("--watch", help="Run again when a file changes.")] = False,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.", metavar="FILE")] = None,
    coverage: Annotated[bool, typer.Option("--coverage", help="Show what the cases show of the policy.")] = False,
    fail_under: Annotated[
        float | None, typer.Option(help="Exit 1 if less is covered.", min=0, max=100, metavar="PERCENT")
    ] = None,
    coverage_html: Annotated[Path | None, typer.Option(help="Write the policy here, painted.", metavar="FILE")] = None,
    coverage_json: Annotated[Path | None, typer.Option(help="Write the coverage here.", metavar="FILE")] = None,
    generate: Annotated[bool, typer.Option("--generate", help="Write the cases that are missing.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write them to this new file.", metavar="FILE")
    ] = None,
    mutate: Annotated[bool, typer.Option("--mutate", help="Show which mistakes no case would notice.")] = False,
    mutation_fail_under: Annotated[
        float | None, typer.Option(help="Exit 1 if fewer are noticed.", min=0, max=100, metavar="PERCENT")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Run test files: cases with their expected decisions. Exit 0 if all pass, 1 if not, 2 if a file is invalid."""
    from axtary.cli import test as command

    options = command.Options(
        filter=filter,
        engine=engine.value,
        junit=junit,
        coverage=coverage,
        fail_under=fail_under,
        html=coverage_html,
        coverage_json=coverage_json,
        generate=generate,
        output=output,
        mutate=mutate,
        mutation_fail_under=mutation_fail_under,
        as_json=json,
    )
    command.run(files or (), options, again=watch)


@policy.command(epilog="Example: axtary policy simulate --action actions.jsonl --engine all")
def simulate(
    policy: PolicyArgument = DEFAULT,
    action: Annotated[
        str, typer.Option(help="One action, a JSON array or JSON Lines; - for standard input.", metavar="FILE|-")
    ] = "-",
    facts: Annotated[
        Path | None, typer.Option(help="Usage and approvals that hold for every action.", metavar="FILE")
    ] = None,
    state: Annotated[
        bool, typer.Option("--state", help="Take usage and budgets from the policy's state; nothing is reserved.")
    ] = False,
    engine: Annotated[EngineName, typer.Option(help="Who answers.")] = EngineName.native,
    trace: Annotated[bool, typer.Option("--trace", help="Show the whole evaluation.")] = False,
    summary: Annotated[bool, typer.Option("--summary", help="Only count decisions and fired rules.")] = False,
    ledger: RecordsOption = None,
    new: Annotated[
        Path | None, typer.Option("--policy", help="With --ledger: the policy that decides again.", metavar="NEW")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Decide recorded actions and say why. Exit 0 if all are allowed, 1 if not, 2 if the input is invalid.

    With `--ledger`: decide recorded decisions again, and say what changed. Exit 0 if nothing did, 1 if something.
    """
    if ledger is not None or new is not None:
        from axtary.cli import replay

        others: dict[str, object] = {"--action": action != "-", "--facts": facts, "--state": state, "--trace": trace}
        others |= {"--summary": summary, f"--engine {engine.value}": engine is not EngineName.native}
        replay.run(replay.chosen(policy, new, ledger, others, json), ledger or "", json)
    from axtary.cli import simulate as command

    command.run(policy, action, command.Given(facts, state), engine.value, trace, summary, json)


@policy.command(epilog="Example: axtary policy pack actions.jsonl -o actions.parquet")
def pack(
    actions: Annotated[str, typer.Argument(help="A JSON array or JSON Lines; - for standard input.", metavar="FILE|-")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The Parquet file to write.", metavar="FILE.parquet")],
    json: JsonOption = False,
) -> None:
    """Keep recorded actions as columns: `simulate --summary` and `diff --replay` read these in a moment."""
    from axtary.cli import pack as command

    command.run(actions, output, json)


@policy.command(epilog="Example: axtary policy table --tool fs.read --actor agent:codex-prod")
def table(
    policy: PolicyArgument = DEFAULT,
    tool: Annotated[str | None, typer.Option(help="What concerns a call of this tool.", metavar="NAME")] = None,
    actor: Annotated[str | None, typer.Option(help="What concerns this agent.", metavar="NAME")] = None,
    effect: Annotated[EffectName | None, typer.Option(help="Rules of this effect.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write a page with filters here.", metavar="FILE.html")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show which rules concern which tools. In the terminal, or as one page for a browser."""
    from axtary.cli import table as command

    command.run(policy, tool, actor, effect.value if effect else None, output, json)


@policy.command(epilog="Example: axtary policy compile --target rego -o build/")
def compile(
    policy: PolicyArgument = DEFAULT,
    target: Annotated[Target, typer.Option(help="What to write.")] = Target.all,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write files into this folder.", metavar="DIR")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Lower a policy to the IR, to Cedar or to Rego: one target to standard output, or files into a folder."""
    from axtary.cli import compile as command

    command.run(policy, target.value, output, json)


@policy.command(epilog="Example: axtary policy export -o dist/ --revision 7 --sign-key key.pem --expires-at 2027-01-31")
def export(
    policy: PolicyArgument = DEFAULT,
    target: Annotated[ExportTarget, typer.Option(help="For whom.")] = ExportTarget.opa_bundle,
    output: Annotated[Path, typer.Option("-o", "--output", help="Write into this folder.", metavar="DIR")] = Path(
        "dist"
    ),
    revision: Annotated[
        int | None, typer.Option(help="The number of this release, higher than the last; of a bundle.", metavar="N")
    ] = None,
    not_before: Annotated[str | None, typer.Option(help="Not to be used before.", metavar="TIME")] = None,
    expires_at: Annotated[str | None, typer.Option(help="Not to be used from then on.", metavar="TIME")] = None,
    sign_key: Annotated[
        Path | None, typer.Option(help="Private key in PEM: P-256, or RSA of 2048 bits or more.", metavar="FILE")
    ] = None,
    key_id: Annotated[
        str | None, typer.Option(help="What receivers call the key; `axtary` if not given.", metavar="ID")
    ] = None,
    scope: Annotated[str | None, typer.Option(help="Sign for this scope of OPA only.", metavar="NAME")] = None,
    namespace: Annotated[
        str | None, typer.Option(help="Cedar: the namespace of all types; `Axtary` if not given.", metavar="NAME")
    ] = None,
    service: Annotated[
        CedarService | None, typer.Option("--for", help="Cedar: fail if this service would not take it.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Export a policy as a signed bundle: for any OPA, with tests for who receives it, or for the native engine.

    With `--target cedar`: policies, schema, and helpers that compute requests, for a team that has only Cedar.
    """
    dates = {"revision": revision, "not-before": not_before, "expires-at": expires_at}
    of_bundles: dict[str, object] = {**dates, "sign-key": sign_key, "key-id": key_id, "scope": scope}
    if target is ExportTarget.cedar:
        from axtary.cli import export_cedar

        export_cedar.run(policy, output, namespace, service, of_bundles, json)
        return
    from axtary.cli import export as command

    command.refuse({"namespace": namespace, "for": service}, "it is of `--target cedar`", json)
    wanted = command.Wanted(target.value, revision, not_before, expires_at, sign_key, key_id or "axtary", scope or "")
    command.run(policy, wanted, output, json)


@policy.command(epilog="Example: axtary policy portability --json")
def portability(policy: PolicyArgument = DEFAULT, json: JsonOption = False) -> None:
    """Show how each rule reaches native, Cedar and Rego: as it stands, with tests that a service computes, or not."""
    from axtary.cli import portability as command

    command.run(policy, json)


@policy.command(
    "verify-bundle", epilog="Example: axtary policy verify-bundle dist/bundle.tar.gz --key pub.pem --last accepted.json"
)
def verify_bundle(
    bundle: Annotated[Path, typer.Argument(help="What was exported.", metavar="BUNDLE")],
    key: Annotated[Path, typer.Option(help="The public key in PEM that is trusted.", metavar="FILE")],
    key_id: Annotated[str | None, typer.Option(help="The bundle must name the key so.", metavar="ID")] = None,
    scope: Annotated[str, typer.Option(help="The scope that it must be signed for.", metavar="NAME")] = "",
    last: Annotated[
        Path | None, typer.Option(help="Remember the accepted release here, and accept none before it.", metavar="FILE")
    ] = None,
    at: Annotated[str | None, typer.Option(help="As if it were then.", metavar="TIME")] = None,
    json: JsonOption = False,
) -> None:
    """Verify a bundle: signature, content, validity, and that it is no step back. Exit 1 if it is refused."""
    from axtary.cli import verify_bundle as command

    command.run(bundle, key, key_id, scope, last, at, json)


@policy.command(epilog="Example: axtary policy prove -o certificate.json --seed 7")
def prove(
    policy: PolicyArgument = DEFAULT,
    action: Annotated[Path | None, typer.Option(help="Recorded actions to compare as well.", metavar="FILE")] = None,
    ledger: RecordsOption = None,
    seed: Annotated[int, typer.Option(help="Of the random cases.", min=0)] = 0,
    cases: Annotated[int, typer.Option(help="How many random cases.", min=0, max=10_000_000)] = 1000,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the certificate here.", metavar="FILE")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Compare native, Cedar and Rego on generated, random and recorded actions. Exit 1 if they disagree."""
    from axtary.cli import prove as command

    command.run(policy, command.Recorded(action, ledger), seed, cases, output, json)


@policy.command(epilog="Example: axtary policy diff --git main axtary.yml --no-new-access")
def diff(
    policies: Annotated[
        list[Path] | None,
        typer.Argument(help="The old policy and the new one; with --git the new one.", metavar="OLD NEW"),
    ] = None,
    git: Annotated[
        str | None, typer.Option("--git", help="Take the old policy from this revision.", metavar="BASE")
    ] = None,
    no_new_access: Annotated[
        bool, typer.Option("--no-new-access", help="Exit 1 only if something denied is not denied any more.")
    ] = False,
    no_less_approval: Annotated[
        bool, typer.Option("--no-less-approval", help="Exit 1 only if something needs no approval any more.")
    ] = False,
    within: Annotated[
        Path | None,
        typer.Option(help="Exit 1 only if the new policy allows what this one does not.", metavar="ENVELOPE"),
    ] = None,
    replay: Annotated[
        str | None, typer.Option(help="Say which of these recorded actions change as well.", metavar="ACTIONS")
    ] = None,
    facts: Annotated[
        Path | None, typer.Option(help="With --replay: usage and approvals for every action.", metavar="FILE")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write a page: .html or .md.", metavar="FILE")
    ] = None,
    format: Annotated[DiffFormat, typer.Option("--format", help="How to print.")] = DiffFormat.text,
    json: JsonOption = False,
) -> None:
    """Compare what two policies decide, on all actions. Exit 0 if they are equivalent, 1 if not, 2 invalid input."""
    from axtary.cli import diff as command

    gates = [
        name for name, wanted in (("no-new-access", no_new_access), ("no-less-approval", no_less_approval)) if wanted
    ]
    past = command.Past(replay, facts)
    command.run(policies or [], git, gates, within, past, output, format.value, json)


@policy.command(
    epilog="""Example: axtary policy ask 'can anyone call fs.write without approval when any paths matches "infra/"'"""
)
def ask(
    question: Annotated[
        str,
        typer.Argument(
            help="can ACTOR call TOOL [on RESOURCE] [and be allowed|denied|stepped up] [without approval [by ROLE]] "
            "[when CONDITION]",
            metavar="[QUESTION]",
        ),
    ] = "",
    policy: Annotated[Path, typer.Option("--policy", help="The policy file.", metavar="FILE")] = DEFAULT,
    actor: Annotated[list[str] | None, typer.Option(help="Who calls.", metavar="PATTERN")] = None,
    tool: Annotated[list[str] | None, typer.Option(help="What is called.", metavar="PATTERN")] = None,
    resource: Annotated[list[str] | None, typer.Option(help="On what.", metavar="PATTERN")] = None,
    when: Annotated[str | None, typer.Option(help="What is true of the action.", metavar="CONDITION")] = None,
    decision: Annotated[
        list[str] | None, typer.Option(help="allow (if none is given), deny, step_up; several with commas.")
    ] = None,
    unapproved: Annotated[bool, typer.Option("--unapproved", help="While nobody has approved it.")] = False,
    unapproved_by: Annotated[
        list[str] | None, typer.Option(help="While nobody with this role has.", metavar="ROLE")
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="Show an action for every outcome.")] = False,
    expect: Annotated[Expected, typer.Option(help="The answer that exits 0.")] = Expected.no,
    json: JsonOption = False,
) -> None:
    """Ask whether there is such an action. One is shown, or it is proved that there is none. Exit 0 if none, else 1."""
    from axtary.cli import ask as command
    from axtary.compiler.questions import QuestionTexts

    texts = QuestionTexts(
        sentence=question,
        actor=tuple(actor or ()),
        tool=tuple(tool or ()),
        resource=tuple(resource or ()),
        when=when,
        decisions=command.decisions(decision or (), json),
        unapproved=unapproved,
        unapproved_by=tuple(unapproved_by or ()),
    )
    command.run(policy, texts, all, expect.value, json)


@policy.command(epilog="Example: axtary policy convert .claude/settings.json -o axtary.yml")
def convert(
    files: Annotated[list[Path], typer.Argument(help="Files of one format, which hold together.", metavar="FILE")],
    source: Annotated[ForeignFormat | None, typer.Option("--from", help="The format; else it is told.")] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Leave out grants that cannot be kept; restrictions never.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the policy to this new file.", metavar="FILE")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Convert policies of other systems where their meaning can be kept, and say where not. Exit 2 if it cannot."""
    from axtary.cli import convert as command

    command.run(files, source.value if source else None, partial, output, json)


@policy.command(epilog="Example: axtary policy presets coding-agent")
def presets(
    name: Annotated[str | None, typer.Argument(help="Print the source of this one.", metavar="[NAME]")] = None,
    json: JsonOption = False,
) -> None:
    """List the built-in presets, or print one."""
    from axtary.cli import presets as command

    command.run(name, json)
