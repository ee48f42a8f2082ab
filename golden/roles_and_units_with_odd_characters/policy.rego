# Policy sha256:c15b370170cbc8728e211558f3aed739610ff637ef1415b728336dc6e7a824aa, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:c15b370170cbc8728e211558f3aed739610ff637ef1415b728336dc6e7a824aa",
}

policy_version := "sha256:c15b370170cbc8728e211558f3aed739610ff637ef1415b728336dc6e7a824aa"

denies := set()

# step_up human (policy.yml:3)
# match tool: "t"
grants contains "human" if input.action.tool == "t"

# human holds back what it may concern: its condition is not definitely false
holds contains "human" if input.action.tool == "t"

# What each rule asks for if it fires.
duties := {
	"human": {"approvers": [{"rule": "human", "roles": ["lead \"a\"", "t\u00eate", "a,b"], "quorum": 1}], "budgets": [{"rule": "human", "limit": "1", "unit": "\u20ac \"x\"", "per": "task", "window_seconds": 86400, "cost": "1"}]},
}

