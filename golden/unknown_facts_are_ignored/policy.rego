# Policy sha256:87a440abdf008cc63d97181bed49defd9b4dade4d43f40eab24cdac991f87431, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:87a440abdf008cc63d97181bed49defd9b4dade4d43f40eab24cdac991f87431",
}

policy_version := "sha256:87a440abdf008cc63d97181bed49defd9b4dade4d43f40eab24cdac991f87431"

holds := set()

denies := set()

# allow limited (policy.yml:3)
# match tool: "t"
grants contains "limited" if input.action.tool == "t"

# limited, rate: 3 per 3600 s per actor
restrictions contains ["rate", "limited"] if {
	input.action.tool == "t"
	"limited" in grants
	not rate_met("limited", 3)
}

# What each rule asks for if it fires.
duties := {
	"limited": {"rates": [{"rule": "limited", "limit": 3, "window_seconds": 3600, "per": "actor"}]},
}

