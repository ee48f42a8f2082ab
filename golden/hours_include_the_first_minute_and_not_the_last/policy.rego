# Policy sha256:69b9bb0b1f7617415f6c92d1d9f350f31ea27330a2d1bba05b7b2252f2c585cc, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:69b9bb0b1f7617415f6c92d1d9f350f31ea27330a2d1bba05b7b2252f2c585cc",
}

policy_version := "sha256:69b9bb0b1f7617415f6c92d1d9f350f31ea27330a2d1bba05b7b2252f2c585cc"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"], "start": 480, "end": 1140, "zone": "Europe/Berlin"}])
}

# What each rule asks for if it fires.
duties := {}

