# Policy sha256:874c12cd6f659691e984a4400c73b213d08d501173b84df2e8cab078c1acb4f6, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:874c12cd6f659691e984a4400c73b213d08d501173b84df2e8cab078c1acb4f6",
}

policy_version := "sha256:874c12cd6f659691e984a4400c73b213d08d501173b84df2e8cab078c1acb4f6"

holds := set()

# allow edits (policy.yml:3)
# match tool: "t"
grants contains "edits" if input.action.tool == "t"

# edits, blocked_paths: "secrets/"
restrictions contains ["blocked_paths", "edits"] if {
	input.action.tool == "t"
	"edits" in grants
	not edits_paths_clear_1
}

# a pattern
default edits_pattern_1(_) := false

edits_pattern_1(text) if regex.match(`(?s)\A(?:.*/)?secrets/.*\z`, text)

default edits_paths_clear_1 := false

edits_paths_clear_1 if {
	paths := as_paths(input.action.paths)
	every path in paths {
		not edits_pattern_1(path)
	}
}

# edits, budget: payload.x of 5 USD per 86400 s per task
restrictions contains ["budget", "edits"] if {
	input.action.tool == "t"
	"edits" in grants
	not edits_cost_within_1
}

default edits_cost_within_1 := false

edits_cost_within_1 if {
	cost := as_number(input.action.payload.x)
	cost >= 0
	cost <= 50000
}

# edits, rate: 3 per 3600 s per actor
restrictions contains ["rate", "edits"] if {
	input.action.tool == "t"
	"edits" in grants
	not rate_met("edits", 3)
}

# deny no-prod (policy.yml:10)
# match tool: "t"
# when payload.env == "prod"
denies contains "no-prod" if {
	input.action.tool == "t"
	not no_prod_excluded_1
}

# payload.env == "prod": definitely false
default no_prod_excluded_1 := false

no_prod_excluded_1 if as_string(input.action.payload.env) != "prod"

# What each rule asks for if it fires.
duties := {
	"edits": {"rates": [{"rule": "edits", "limit": 3, "window_seconds": 3600, "per": "actor"}], "budgets": [{"rule": "edits", "limit": "5", "unit": "USD", "per": "task", "window_seconds": 86400, "cost": {"attribute": "payload.x"}}]},
}

