# Policy sha256:a1e61440cb68e34699bf3c566f83c2bf03b420943221f53cfc5efceed7ed0c2e, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:a1e61440cb68e34699bf3c566f83c2bf03b420943221f53cfc5efceed7ed0c2e",
}

policy_version := "sha256:a1e61440cb68e34699bf3c566f83c2bf03b420943221f53cfc5efceed7ed0c2e"

grants := set()

holds := set()

# deny no-prod (policy.yml:3)
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

