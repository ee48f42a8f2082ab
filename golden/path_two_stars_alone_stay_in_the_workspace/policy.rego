# Policy sha256:3761dd9b60133efde084ff9ea4495bbff4a844f632fa481bbb1b18ad730d2149, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:3761dd9b60133efde084ff9ea4495bbff4a844f632fa481bbb1b18ad730d2149",
}

policy_version := "sha256:3761dd9b60133efde084ff9ea4495bbff4a844f632fa481bbb1b18ad730d2149"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "**"
grants contains "allow-if" if {
	input.action.tool == "ask"
	allow_if_pattern_1(as_path(input.action.payload.p))
}

# a pattern
default allow_if_pattern_1(_) := false

allow_if_pattern_1(text) if {
	is_string(text)
	inside_workspace(text)
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "**"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# a pattern
default deny_if_pattern_1(_) := false

deny_if_pattern_1(text) if {
	is_string(text)
	inside_workspace(text)
}

# payload.p matches "**": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not deny_if_pattern_1(value_1)
}

# What each rule asks for if it fires.
duties := {}

