# Policy sha256:1c9d3cc9ac4c43fc6e286a7b2424dd35796768f3348fa8875cfd4611c37f1255, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:1c9d3cc9ac4c43fc6e286a7b2424dd35796768f3348fa8875cfd4611c37f1255",
}

policy_version := "sha256:1c9d3cc9ac4c43fc6e286a7b2424dd35796768f3348fa8875cfd4611c37f1255"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p like "a**z"
grants contains "allow-if" if {
	input.action.tool == "ask"
	regex.match(`(?s)\Aa.*z\z`, as_string(input.action.payload.p))
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p like "a**z"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p like "a**z": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_string(input.action.payload.p)
	not regex.match(`(?s)\Aa.*z\z`, value_1)
}

# What each rule asks for if it fires.
duties := {}

