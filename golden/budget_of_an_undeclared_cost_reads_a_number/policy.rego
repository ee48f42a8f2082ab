# Policy sha256:6d855ff2dc73f4d01d42f1eb082ee320c1897245c32ba5a87cad1219da5f86e4, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:6d855ff2dc73f4d01d42f1eb082ee320c1897245c32ba5a87cad1219da5f86e4",
}

policy_version := "sha256:6d855ff2dc73f4d01d42f1eb082ee320c1897245c32ba5a87cad1219da5f86e4"

holds := set()

denies := set()

# allow spends (policy.yml:3)
# match tool: "t"
grants contains "spends" if input.action.tool == "t"

# spends, budget: payload.n of 2 tokens per 3600 s per actor
restrictions contains ["budget", "spends"] if {
	input.action.tool == "t"
	"spends" in grants
	not spends_cost_within_1
}

default spends_cost_within_1 := false

spends_cost_within_1 if {
	cost := as_number(input.action.payload.n)
	cost >= 0
	cost <= 20000
}

# What each rule asks for if it fires.
duties := {
	"spends": {"budgets": [{"rule": "spends", "limit": "2", "unit": "tokens", "per": "actor", "window_seconds": 3600, "cost": {"attribute": "payload.n"}}]},
}

