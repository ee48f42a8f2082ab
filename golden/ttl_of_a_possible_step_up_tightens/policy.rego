# Policy sha256:18de044da4cf7274e2b900a9471c28c24b496113ff12f8ab0f2e2fd4e95bedf0, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:18de044da4cf7274e2b900a9471c28c24b496113ff12f8ab0f2e2fd4e95bedf0",
}

policy_version := "sha256:18de044da4cf7274e2b900a9471c28c24b496113ff12f8ab0f2e2fd4e95bedf0"

denies := set()

# allow hour (policy.yml:3)
# match tool: "t"
grants contains "hour" if input.action.tool == "t"

# step_up human (policy.yml:8)
# match tool: "t"
# when payload.x == 1
grants contains "human" if {
	input.action.tool == "t"
	as_number(input.action.payload.x) == 10000
}

# human holds back what it may concern: its condition is not definitely false
holds contains "human" if {
	input.action.tool == "t"
	not human_excluded_1
}

# payload.x == 1: definitely false
default human_excluded_1 := false

human_excluded_1 if as_number(input.action.payload.x) != 10000

# What each rule asks for if it fires.
duties := {
	"hour": {"ttl_seconds": 3600},
	"human": {"ttl_seconds": 30, "approvers": [{"rule": "human", "roles": ["a", "b"], "quorum": 2}]},
}

