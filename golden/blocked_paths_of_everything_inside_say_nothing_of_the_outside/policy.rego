# Policy sha256:a53bc7118a70d5d95b4ad3daf797d634dbe4196628725816db661f2d789a0c55, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:a53bc7118a70d5d95b4ad3daf797d634dbe4196628725816db661f2d789a0c55",
}

policy_version := "sha256:a53bc7118a70d5d95b4ad3daf797d634dbe4196628725816db661f2d789a0c55"

holds := set()

denies := set()

# allow edits (policy.yml:3)
# match tool: "t"
grants contains "edits" if input.action.tool == "t"

# edits, blocked_paths: "**"
restrictions contains ["blocked_paths", "edits"] if {
	input.action.tool == "t"
	"edits" in grants
	not edits_paths_clear_1
}

# a pattern
default edits_pattern_1(_) := false

edits_pattern_1(text) if {
	is_string(text)
	inside_workspace(text)
}

default edits_paths_clear_1 := false

edits_paths_clear_1 if {
	paths := as_paths(input.action.paths)
	every path in paths {
		not edits_pattern_1(path)
	}
}

# What each rule asks for if it fires.
duties := {}

