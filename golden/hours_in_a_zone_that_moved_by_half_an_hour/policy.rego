# Policy sha256:4e6d3a0e5768030aaf4be0b96d81d2635b79ee94b73eee3a930040147bc0c119, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:4e6d3a0e5768030aaf4be0b96d81d2635b79ee94b73eee3a930040147bc0c119",
}

policy_version := "sha256:4e6d3a0e5768030aaf4be0b96d81d2635b79ee94b73eee3a930040147bc0c119"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Sunday"], "start": 90, "end": 120, "zone": "Australia/Lord_Howe"}])
}

# What each rule asks for if it fires.
duties := {}

