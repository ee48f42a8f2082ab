# Policy sha256:c9b5004c751b5a96d01bcb8877b32d0afff7e1c0390ffff05e4e237984db11e6, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:c9b5004c751b5a96d01bcb8877b32d0afff7e1c0390ffff05e4e237984db11e6",
}

policy_version := "sha256:c9b5004c751b5a96d01bcb8877b32d0afff7e1c0390ffff05e4e237984db11e6"

holds := set()

# allow all (policy.yml:3)
# match tool: "t"
grants contains "all" if input.action.tool == "t"

# deny no-prod (policy.yml:6)
# match tool: "t"
# when payload.env == "prod"
denies contains "no-prod" if {
	input.action.tool == "t"
	not no_prod_excluded_1
}

# payload.env == "prod": definitely false
default no_prod_excluded_1 := false

no_prod_excluded_1 if as_string(input.action.payload.env) != "prod"

# What each rule asks for if it fires.
duties := {}

