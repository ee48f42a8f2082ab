# Policy sha256:47bf5567abf61ab4f1e54396996d88f7dce3d6e37580c945e804b81824d891f5, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:47bf5567abf61ab4f1e54396996d88f7dce3d6e37580c945e804b81824d891f5",
}

policy_version := "sha256:47bf5567abf61ab4f1e54396996d88f7dce3d6e37580c945e804b81824d891f5"

holds := set()

denies := set()

# allow spends (policy.yml:4)
# match tool: "t"
grants contains "spends" if input.action.tool == "t"

# spends, budget: 0.25 of 0.2499 USD per 86400 s per task
restrictions contains ["budget", "spends"] if {
	input.action.tool == "t"
	"spends" in grants
}

# What each rule asks for if it fires.
duties := {
	"spends": {"budgets": [{"rule": "spends", "limit": "0.2499", "unit": "USD", "per": "task", "window_seconds": 86400, "cost": "0.25"}]},
}

