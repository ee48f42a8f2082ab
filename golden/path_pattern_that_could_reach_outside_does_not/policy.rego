# Policy sha256:d26c7e3de6a6f52b7e75f24f84102b1036c2f67b73c436926bc03b4131548fde, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:d26c7e3de6a6f52b7e75f24f84102b1036c2f67b73c436926bc03b4131548fde",
}

policy_version := "sha256:d26c7e3de6a6f52b7e75f24f84102b1036c2f67b73c436926bc03b4131548fde"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "@*/key"
grants contains "allow-if" if {
	input.action.tool == "ask"
	allow_if_pattern_1(as_path(input.action.payload.p))
}

# a pattern
default allow_if_pattern_1(_) := false

allow_if_pattern_1(text) if {
	regex.match(`(?s)\A@[^/]*/key\z`, text)
	inside_workspace(text)
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "@*/key"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# a pattern
default deny_if_pattern_1(_) := false

deny_if_pattern_1(text) if {
	regex.match(`(?s)\A@[^/]*/key\z`, text)
	inside_workspace(text)
}

# payload.p matches "@*/key": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not deny_if_pattern_1(value_1)
}

# What each rule asks for if it fires.
duties := {}

