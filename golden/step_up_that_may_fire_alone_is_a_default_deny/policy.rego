# Policy sha256:4dd22f284b72660f05c6e86010aa656242b6ece4fa9fad0daef9d477ea68b8a3, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:4dd22f284b72660f05c6e86010aa656242b6ece4fa9fad0daef9d477ea68b8a3",
}

policy_version := "sha256:4dd22f284b72660f05c6e86010aa656242b6ece4fa9fad0daef9d477ea68b8a3"

denies := set()

# step_up human (policy.yml:3)
# match tool: "t"
# when payload.x > 10
grants contains "human" if {
	input.action.tool == "t"
	as_number(input.action.payload.x) > 100000
}

# human holds back what it may concern: its condition is not definitely false
holds contains "human" if {
	input.action.tool == "t"
	not human_excluded_1
}

# payload.x > 10: definitely false
default human_excluded_1 := false

human_excluded_1 if as_number(input.action.payload.x) <= 100000

# What each rule asks for if it fires.
duties := {
	"human": {"approvers": [{"rule": "human", "roles": [], "quorum": 1}]},
}

