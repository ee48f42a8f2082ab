# Policy sha256:a60f3e89aa8d256d8203b606ce8c46a71b04e58b3c6a42a48e2aa50e42cd756b, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:a60f3e89aa8d256d8203b606ce8c46a71b04e58b3c6a42a48e2aa50e42cd756b",
}

policy_version := "sha256:a60f3e89aa8d256d8203b606ce8c46a71b04e58b3c6a42a48e2aa50e42cd756b"

denies := set()

# step_up human (policy.yml:3)
# match tool: "t"
grants contains "human" if input.action.tool == "t"

# human holds back what it may concern: its condition is not definitely false
holds contains "human" if input.action.tool == "t"

# human, blocked_paths: "secrets/"
restrictions contains ["blocked_paths", "human"] if {
	input.action.tool == "t"
	"human" in holds
	not human_paths_clear_1
}

# a pattern
default human_pattern_1(_) := false

human_pattern_1(text) if regex.match(`(?s)\A(?:.*/)?secrets/.*\z`, text)

default human_paths_clear_1 := false

human_paths_clear_1 if {
	paths := as_paths(input.action.paths)
	every path in paths {
		not human_pattern_1(path)
	}
}

# human, budget: payload.x of 5 USD per 86400 s per task
restrictions contains ["budget", "human"] if {
	input.action.tool == "t"
	"human" in holds
	not human_cost_within_1
}

default human_cost_within_1 := false

human_cost_within_1 if {
	cost := as_number(input.action.payload.x)
	cost >= 0
	cost <= 50000
}

# What each rule asks for if it fires.
duties := {
	"human": {"approvers": [{"rule": "human", "roles": [], "quorum": 1}], "budgets": [{"rule": "human", "limit": "5", "unit": "USD", "per": "task", "window_seconds": 86400, "cost": {"attribute": "payload.x"}}]},
}

