# Policy sha256:6b648b343cff441efef2964a366b6db7e38e7cfacbc808ab3c6daa533a84e9b1, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:6b648b343cff441efef2964a366b6db7e38e7cfacbc808ab3c6daa533a84e9b1",
}

policy_version := "sha256:6b648b343cff441efef2964a366b6db7e38e7cfacbc808ab3c6daa533a84e9b1"

holds := set()

denies := set()

# allow spends (policy.yml:4)
# match tool: "t"
grants contains "spends" if input.action.tool == "t"

# spends, budget: payload.amount of 50 USD per 86400 s per task
restrictions contains ["budget", "spends"] if {
	input.action.tool == "t"
	"spends" in grants
	not spends_cost_within_1
}

default spends_cost_within_1 := false

spends_cost_within_1 if {
	cost := as_decimal(input.action.payload.amount)
	cost >= 0
	cost <= 500000
}

# What each rule asks for if it fires.
duties := {
	"spends": {"budgets": [{"rule": "spends", "limit": "50", "unit": "USD", "per": "task", "window_seconds": 86400, "cost": {"attribute": "payload.amount"}}]},
}

