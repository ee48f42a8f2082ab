# Policy sha256:364a6f85e3c7a64cd30b7c1f746f2290fd6191ed8224403ef6079bfc24fa57ad, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:364a6f85e3c7a64cd30b7c1f746f2290fd6191ed8224403ef6079bfc24fa57ad",
}

policy_version := "sha256:364a6f85e3c7a64cd30b7c1f746f2290fd6191ed8224403ef6079bfc24fa57ad"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when has payload.a and payload.a == 1
grants contains "allow-if" if {
	input.action.tool == "ask"
	has_key(input.action.payload, "a")
	as_number(input.action.payload.a) == 10000
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when has payload.a and payload.a == 1
denies contains "deny-if" if {
	input.action.tool == "act"
	has_key(input.action.payload, "a")
	not deny_if_excluded_1
}

# payload.a == 1: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_number(input.action.payload.a) != 10000

# What each rule asks for if it fires.
duties := {}

