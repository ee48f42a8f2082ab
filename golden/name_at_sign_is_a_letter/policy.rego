# Policy sha256:6522775656a0e27f42c685adfab415c5491df4a09de28bf21ee5049a3ad90e0b, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:6522775656a0e27f42c685adfab415c5491df4a09de28bf21ee5049a3ad90e0b",
}

policy_version := "sha256:6522775656a0e27f42c685adfab415c5491df4a09de28bf21ee5049a3ad90e0b"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p like "@coders*"
grants contains "allow-if" if {
	input.action.tool == "ask"
	startswith(as_string(input.action.payload.p), "@coders")
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p like "@coders*"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p like "@coders*": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_string(input.action.payload.p)
	not startswith(value_1, "@coders")
}

# What each rule asks for if it fires.
duties := {}

