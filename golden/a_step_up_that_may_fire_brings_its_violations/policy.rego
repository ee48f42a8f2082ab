# Policy sha256:5f947bd52f7a931b40e989d89fff79c869ff38d02c8ee28f6e32f22dace6590c, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:5f947bd52f7a931b40e989d89fff79c869ff38d02c8ee28f6e32f22dace6590c",
}

policy_version := "sha256:5f947bd52f7a931b40e989d89fff79c869ff38d02c8ee28f6e32f22dace6590c"

denies := set()

# allow all (policy.yml:3)
# match tool: "t"
grants contains "all" if input.action.tool == "t"

# step_up human (policy.yml:6)
# match tool: "t"
# when payload.x > 1
grants contains "human" if {
	input.action.tool == "t"
	as_number(input.action.payload.x) > 10000
}

# human holds back what it may concern: its condition is not definitely false
holds contains "human" if {
	input.action.tool == "t"
	not human_excluded_1
}

# payload.x > 1: definitely false
default human_excluded_1 := false

human_excluded_1 if as_number(input.action.payload.x) <= 10000

# human, rate: 3 per 3600 s per actor
restrictions contains ["rate", "human"] if {
	input.action.tool == "t"
	"human" in holds
	not rate_met("human", 3)
}

# What each rule asks for if it fires.
duties := {
	"human": {"approvers": [{"rule": "human", "roles": [], "quorum": 1}], "rates": [{"rule": "human", "limit": 3, "window_seconds": 3600, "per": "actor"}]},
}

