# Policy sha256:54043a58a825c06e953b3fa1c589bf6b8a03002cffd4c2304101cc49311d8333, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:54043a58a825c06e953b3fa1c589bf6b8a03002cffd4c2304101cc49311d8333",
}

policy_version := "sha256:54043a58a825c06e953b3fa1c589bf6b8a03002cffd4c2304101cc49311d8333"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when count(paths) <= 1
grants contains "allow-if" if {
	input.action.tool == "ask"
	count(as_paths(input.action.paths)) <= 1
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when count(paths) <= 1
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# count(paths) <= 1: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if count(as_paths(input.action.paths)) > 1

# What each rule asks for if it fires.
duties := {}

