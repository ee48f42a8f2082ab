# Policy sha256:41cd9005a00af92e98c098e79da3b2b26d16bc8ce28ab5353fd7a36d22389c32, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:41cd9005a00af92e98c098e79da3b2b26d16bc8ce28ab5353fd7a36d22389c32",
}

policy_version := "sha256:41cd9005a00af92e98c098e79da3b2b26d16bc8ce28ab5353fd7a36d22389c32"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Sunday"], "start": 90, "end": 210, "zone": "America/New_York"}])
}

# What each rule asks for if it fires.
duties := {}

