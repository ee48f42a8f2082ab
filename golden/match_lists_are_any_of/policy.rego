# Policy sha256:0e3d9401b35414aac9540bf66e1765f0f4f2e8aff0cd79f3cd37132b16c1e55e, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:0e3d9401b35414aac9540bf66e1765f0f4f2e8aff0cd79f3cd37132b16c1e55e",
}

policy_version := "sha256:0e3d9401b35414aac9540bf66e1765f0f4f2e8aff0cd79f3cd37132b16c1e55e"

holds := set()

denies := set()

# allow it (policy.yml:3)
# match tool: "t", actor: ["agent:a", "agent:b*"], owner: ["user:x", "user:y"]
grants contains "it" if {
	input.action.tool == "t"
	it_pattern_1(actor)
	input.action.actor.owner in {"user:x", "user:y"}
}

# one of 2 patterns
default it_pattern_1(_) := false

it_pattern_1(text) if text == "agent:a"

it_pattern_1(text) if startswith(text, "agent:b")

# What each rule asks for if it fires.
duties := {}

