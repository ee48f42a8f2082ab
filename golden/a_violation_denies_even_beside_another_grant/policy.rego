# Policy sha256:43ba72b90733db333f27cbcb67385c04eefe03e786a6f97ca1db02abe7cdb6b8, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:43ba72b90733db333f27cbcb67385c04eefe03e786a6f97ca1db02abe7cdb6b8",
}

policy_version := "sha256:43ba72b90733db333f27cbcb67385c04eefe03e786a6f97ca1db02abe7cdb6b8"

holds := set()

denies := set()

# allow all (policy.yml:3)
# match tool: "t"
grants contains "all" if input.action.tool == "t"

# allow limited (policy.yml:6)
# match tool: "t"
# when payload.x > 1
grants contains "limited" if {
	input.action.tool == "t"
	as_number(input.action.payload.x) > 10000
}

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

