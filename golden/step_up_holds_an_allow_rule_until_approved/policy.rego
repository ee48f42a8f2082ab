# Policy sha256:ebef08a0908a1229c2f165890e7cbe9473d911152d25555a3e9cd89eea294c2c, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:ebef08a0908a1229c2f165890e7cbe9473d911152d25555a3e9cd89eea294c2c",
}

policy_version := "sha256:ebef08a0908a1229c2f165890e7cbe9473d911152d25555a3e9cd89eea294c2c"

denies := set()

# allow all (policy.yml:3)
# match tool: "t"
grants contains "all" if input.action.tool == "t"

# step_up human (policy.yml:6)
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

