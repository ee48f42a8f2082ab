# Policy sha256:e5ef32bc24895c478fd5a658e2812ede2690ccb9d8bd5cc2616fe3072d97530f, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:e5ef32bc24895c478fd5a658e2812ede2690ccb9d8bd5cc2616fe3072d97530f",
}

policy_version := "sha256:e5ef32bc24895c478fd5a658e2812ede2690ccb9d8bd5cc2616fe3072d97530f"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Friday"], "start": 1320, "end": 360, "zone": "Europe/Berlin"}])
}

# What each rule asks for if it fires.
duties := {}

