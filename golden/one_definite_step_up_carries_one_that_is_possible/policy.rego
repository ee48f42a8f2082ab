# Policy sha256:b80c70c9a4ca0fa08c137df913de87ba1699fa8e0f2cbd0ff6277f26609ec29a, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:b80c70c9a4ca0fa08c137df913de87ba1699fa8e0f2cbd0ff6277f26609ec29a",
}

policy_version := "sha256:b80c70c9a4ca0fa08c137df913de87ba1699fa8e0f2cbd0ff6277f26609ec29a"

denies := set()

# step_up definite (policy.yml:3)
# match tool: "t"
grants contains "definite" if input.action.tool == "t"

# definite holds back what it may concern: its condition is not definitely false
holds contains "definite" if input.action.tool == "t"

# step_up possible (policy.yml:8)
# match tool: "t"
# when payload.x > 10
grants contains "possible" if {
	input.action.tool == "t"
	as_number(input.action.payload.x) > 100000
}

# possible holds back what it may concern: its condition is not definitely false
holds contains "possible" if {
	input.action.tool == "t"
	not possible_excluded_1
}

# payload.x > 10: definitely false
default possible_excluded_1 := false

possible_excluded_1 if as_number(input.action.payload.x) <= 100000

# What each rule asks for if it fires.
duties := {
	"definite": {"approvers": [{"rule": "definite", "roles": ["ops"], "quorum": 1}]},
	"possible": {"approvers": [{"rule": "possible", "roles": ["security"], "quorum": 1}]},
}

