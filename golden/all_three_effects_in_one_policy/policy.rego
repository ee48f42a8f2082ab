# Policy sha256:ccd5851363f2a3455cf359b9e0969b905eff6fe9bebccae61bc8044dddc5e1c5, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:ccd5851363f2a3455cf359b9e0969b905eff6fe9bebccae61bc8044dddc5e1c5",
}

policy_version := "sha256:ccd5851363f2a3455cf359b9e0969b905eff6fe9bebccae61bc8044dddc5e1c5"

# allow all (policy.yml:3)
# match tool: "t"
grants contains "all" if input.action.tool == "t"

# step_up big (policy.yml:6)
# match tool: "t"
# when payload.x > 10
grants contains "big" if {
	input.action.tool == "t"
	as_number(input.action.payload.x) > 100000
}

# big holds back what it may concern: its condition is not definitely false
holds contains "big" if {
	input.action.tool == "t"
	not big_excluded_1
}

# payload.x > 10: definitely false
default big_excluded_1 := false

big_excluded_1 if as_number(input.action.payload.x) <= 100000

# deny huge (policy.yml:10)
# match tool: "t"
# when payload.x > 100
denies contains "huge" if {
	input.action.tool == "t"
	not huge_excluded_1
}

# payload.x > 100: definitely false
default huge_excluded_1 := false

huge_excluded_1 if as_number(input.action.payload.x) <= 1000000

# What each rule asks for if it fires.
duties := {
	"big": {"approvers": [{"rule": "big", "roles": [], "quorum": 1}]},
}

