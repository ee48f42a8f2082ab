# Policy sha256:5a1b4d70662c683fe1eadb2b4b62b0c035b2dbae9b93506ea52aff121e2e509b, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:5a1b4d70662c683fe1eadb2b4b62b0c035b2dbae9b93506ea52aff121e2e509b",
}

policy_version := "sha256:5a1b4d70662c683fe1eadb2b4b62b0c035b2dbae9b93506ea52aff121e2e509b"

holds := set()

denies := set()

# allow once (policy.yml:3)
# match tool: "t"
grants contains "once" if input.action.tool == "t"

# once, rate: 1 per 604800 s per task
restrictions contains ["rate", "once"] if {
	input.action.tool == "t"
	"once" in grants
	not rate_met("once", 1)
}

# What each rule asks for if it fires.
duties := {
	"once": {"rates": [{"rule": "once", "limit": 1, "window_seconds": 604800, "per": "task"}]},
}

