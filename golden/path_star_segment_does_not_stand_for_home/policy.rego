# Policy sha256:d4c55d65c007a1685ffdda45301e3503b9e14b71fc3b52e9e6c557fd876d91c0, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:d4c55d65c007a1685ffdda45301e3503b9e14b71fc3b52e9e6c557fd876d91c0",
}

policy_version := "sha256:d4c55d65c007a1685ffdda45301e3503b9e14b71fc3b52e9e6c557fd876d91c0"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "*/.ssh/**"
grants contains "allow-if" if {
	input.action.tool == "ask"
	allow_if_pattern_1(as_path(input.action.payload.p))
}

# a pattern
default allow_if_pattern_1(_) := false

allow_if_pattern_1(text) if {
	regex.match(`(?s)\A[^/]*/\.ssh/.*\z`, text)
	inside_workspace(text)
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "*/.ssh/**"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# a pattern
default deny_if_pattern_1(_) := false

deny_if_pattern_1(text) if {
	regex.match(`(?s)\A[^/]*/\.ssh/.*\z`, text)
	inside_workspace(text)
}

# payload.p matches "*/.ssh/**": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not deny_if_pattern_1(value_1)
}

# What each rule asks for if it fires.
duties := {}

