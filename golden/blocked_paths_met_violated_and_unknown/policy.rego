# Policy sha256:e56f3d1240a5b7fce5ec7eb1e9f5af619f19856344774e5295f7cffb860e1af2, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:e56f3d1240a5b7fce5ec7eb1e9f5af619f19856344774e5295f7cffb860e1af2",
}

policy_version := "sha256:e56f3d1240a5b7fce5ec7eb1e9f5af619f19856344774e5295f7cffb860e1af2"

holds := set()

denies := set()

# allow edits (policy.yml:3)
# match tool: "t"
grants contains "edits" if input.action.tool == "t"

# edits, blocked_paths: ["infra/prod/**", ".env*"]
restrictions contains ["blocked_paths", "edits"] if {
	input.action.tool == "t"
	"edits" in grants
	not edits_paths_clear_1
}

# one of 2 patterns
default edits_pattern_1(_) := false

edits_pattern_1(text) if startswith(text, "infra/prod/")

edits_pattern_1(text) if regex.match(`(?s)\A(?:.*/)?\.env[^/]*\z`, text)

default edits_paths_clear_1 := false

edits_paths_clear_1 if {
	paths := as_paths(input.action.paths)
	every path in paths {
		not edits_pattern_1(path)
	}
}

# What each rule asks for if it fires.
duties := {}

