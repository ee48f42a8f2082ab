# Policy sha256:72b21dda3bb062d90d755c23471102014a98849de82b8c41be21c71fff498755, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:72b21dda3bb062d90d755c23471102014a98849de82b8c41be21c71fff498755",
}

policy_version := "sha256:72b21dda3bb062d90d755c23471102014a98849de82b8c41be21c71fff498755"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Sunday"], "start": 150, "end": 180, "zone": "Europe/Berlin"}])
}

# What each rule asks for if it fires.
duties := {}

