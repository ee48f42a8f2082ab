# Policy sha256:8f0a2843208f88fb60cc98b3afb6ca6e37c9d998daef4d32d23ab53727872575, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:8f0a2843208f88fb60cc98b3afb6ca6e37c9d998daef4d32d23ab53727872575",
}

policy_version := "sha256:8f0a2843208f88fb60cc98b3afb6ca6e37c9d998daef4d32d23ab53727872575"

holds := set()

# allow a-spends (policy.yml:9)
# match tool: "t"
grants contains "a-spends" if input.action.tool == "t"

# a-spends, rate: 9 per 30 s per tool
restrictions contains ["rate", "a-spends"] if {
	input.action.tool == "t"
	"a-spends" in grants
	not rate_met("a-spends", 9)
}

# allow b-spends (policy.yml:3)
# match tool: "t"
grants contains "b-spends" if input.action.tool == "t"

# b-spends, rate: 3 per 3600 s per actor
restrictions contains ["rate", "b-spends"] if {
	input.action.tool == "t"
	"b-spends" in grants
	not rate_met("b-spends", 3)
}

# deny no (policy.yml:15)
# match tool: "t"
# when payload.x == 1
denies contains "no" if {
	input.action.tool == "t"
	not no_excluded_1
}

# payload.x == 1: definitely false
default no_excluded_1 := false

no_excluded_1 if as_number(input.action.payload.x) != 10000

# What each rule asks for if it fires.
duties := {
	"a-spends": {"rates": [{"rule": "a-spends", "limit": 9, "window_seconds": 30, "per": "tool"}], "budgets": [{"rule": "a-spends", "limit": "0.5", "unit": "EUR", "per": "tenant", "window_seconds": 5400, "cost": "0.0001"}]},
	"b-spends": {"rates": [{"rule": "b-spends", "limit": 3, "window_seconds": 3600, "per": "actor"}], "budgets": [{"rule": "b-spends", "limit": "5", "unit": "USD", "per": "task", "window_seconds": 86400, "cost": "1"}]},
}

