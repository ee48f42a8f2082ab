# Policy sha256:83883ada2bd91ece0ab584301c58bac4c4d5193e911de02afcbdbfd4ab3ebf7e, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:83883ada2bd91ece0ab584301c58bac4c4d5193e911de02afcbdbfd4ab3ebf7e",
}

policy_version := "sha256:83883ada2bd91ece0ab584301c58bac4c4d5193e911de02afcbdbfd4ab3ebf7e"

denies := set()

# step_up human (policy.yml:3)
# match tool: "t"
grants contains "human" if input.action.tool == "t"

# human holds back what it may concern: its condition is not definitely false
holds contains "human" if input.action.tool == "t"

# human, rate: 5 per 3600 s per actor
restrictions contains ["rate", "human"] if {
	input.action.tool == "t"
	"human" in holds
	not rate_met("human", 5)
}

# What each rule asks for if it fires.
duties := {
	"human": {"approvers": [{"rule": "human", "roles": [], "quorum": 1}], "rates": [{"rule": "human", "limit": 5, "window_seconds": 3600, "per": "actor"}]},
}

