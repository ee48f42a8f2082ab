# Policy sha256:3d2fc2ce77c8967338d3886d8bc9b9cc1a4c7cbe5f4d759a2083f98765ef7eb6, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:3d2fc2ce77c8967338d3886d8bc9b9cc1a4c7cbe5f4d759a2083f98765ef7eb6",
}

policy_version := "sha256:3d2fc2ce77c8967338d3886d8bc9b9cc1a4c7cbe5f4d759a2083f98765ef7eb6"

holds := set()

denies := set()

# allow it (policy.yml:8)
# match tool: "t", resource: ["repo:acme/*", "wiki:**", "x:@home"], actor: ["agent:codex-*", "agent:claude-a", "agent:claude-b", "agent:helper"]
grants contains "it" if {
	input.action.tool == "t"
	it_pattern_1(resource)
	it_pattern_2(actor)
}

# one of 3 patterns
default it_pattern_1(_) := false

it_pattern_1(text) if regex.match(`(?s)\Arepo:acme/[^/]*\z`, text)

it_pattern_1(text) if startswith(text, "wiki:")

it_pattern_1(text) if text == "x:@home"

# one of 4 patterns
default it_pattern_2(_) := false

it_pattern_2(text) if startswith(text, "agent:codex-")

it_pattern_2(text) if text == "agent:claude-a"

it_pattern_2(text) if text == "agent:claude-b"

it_pattern_2(text) if text == "agent:helper"

# What each rule asks for if it fires.
duties := {}

