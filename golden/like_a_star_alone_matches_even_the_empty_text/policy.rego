# Policy sha256:17b0e3bf6630e96339a2bed1bff57e6063714e7031521f09cd2d81b7aa1ffa49, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:17b0e3bf6630e96339a2bed1bff57e6063714e7031521f09cd2d81b7aa1ffa49",
}

policy_version := "sha256:17b0e3bf6630e96339a2bed1bff57e6063714e7031521f09cd2d81b7aa1ffa49"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x like "*"
grants contains "allow-if" if {
	input.action.tool == "ask"
	is_string(as_string(input.action.payload.x))
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x like "*"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x like "*": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_string(input.action.payload.x)
	not is_string(value_1)
}

# What each rule asks for if it fires.
duties := {}

