# Policy sha256:393cae3a12084b179d6ac8c5ec57d19f988f687fc49b8973cf3d2d747c4912e2, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:393cae3a12084b179d6ac8c5ec57d19f988f687fc49b8973cf3d2d747c4912e2",
}

policy_version := "sha256:393cae3a12084b179d6ac8c5ec57d19f988f687fc49b8973cf3d2d747c4912e2"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Monday"], "start": 1200, "end": 1440, "zone": "UTC"}])
}

# What each rule asks for if it fires.
duties := {}

