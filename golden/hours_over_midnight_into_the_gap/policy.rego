# Policy sha256:af37580da2c2415a4c7f4071b213f27704084a1a7925af25cfd0b20e2f5db6d3, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:af37580da2c2415a4c7f4071b213f27704084a1a7925af25cfd0b20e2f5db6d3",
}

policy_version := "sha256:af37580da2c2415a4c7f4071b213f27704084a1a7925af25cfd0b20e2f5db6d3"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Saturday"], "start": 1380, "end": 150, "zone": "Europe/Berlin"}])
}

# What each rule asks for if it fires.
duties := {}

