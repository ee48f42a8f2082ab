# Policy sha256:09053b1a66f204865b428e0fe0d6248c4ffd9046fca0e38232d45e4965cdd4ed, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:09053b1a66f204865b428e0fe0d6248c4ffd9046fca0e38232d45e4965cdd4ed",
}

policy_version := "sha256:09053b1a66f204865b428e0fe0d6248c4ffd9046fca0e38232d45e4965cdd4ed"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Monday", "Friday", "Saturday", "Sunday"], "start": 600, "end": 660, "zone": "UTC"}])
}

# What each rule asks for if it fires.
duties := {}

