# Policy sha256:93bd60d1166669b43d6c0e8c051718d96b7fab31f3ed0ad345cf1dd4a7f9ae6a, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:93bd60d1166669b43d6c0e8c051718d96b7fab31f3ed0ad345cf1dd4a7f9ae6a",
}

policy_version := "sha256:93bd60d1166669b43d6c0e8c051718d96b7fab31f3ed0ad345cf1dd4a7f9ae6a"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "caf\u00e9/*"
grants contains "allow-if" if {
	input.action.tool == "ask"
	regex.match(`(?s)\Acaf\x{e9}/[^/]*\z`, as_path(input.action.payload.p))
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "caf\u00e9/*"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches "caf\u00e9/*": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not regex.match(`(?s)\Acaf\x{e9}/[^/]*\z`, value_1)
}

# What each rule asks for if it fires.
duties := {}

