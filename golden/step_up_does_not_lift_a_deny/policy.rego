# Policy sha256:b25f0523441b9f090d24fe7e6fe4341c6a4932fb3fe370dfaceb1b8c81b05191, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:b25f0523441b9f090d24fe7e6fe4341c6a4932fb3fe370dfaceb1b8c81b05191",
}

policy_version := "sha256:b25f0523441b9f090d24fe7e6fe4341c6a4932fb3fe370dfaceb1b8c81b05191"

# step_up human (policy.yml:3)
# match tool: "t"
grants contains "human" if input.action.tool == "t"

# human holds back what it may concern: its condition is not definitely false
holds contains "human" if input.action.tool == "t"

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
duties := {
	"human": {"approvers": [{"rule": "human", "roles": [], "quorum": 1}]},
}

