# Policy sha256:83e382cdd06841ccab4a3cd019a4c25bf89eefd5a282349527530253f3281ccf, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:83e382cdd06841ccab4a3cd019a4c25bf89eefd5a282349527530253f3281ccf",
}

policy_version := "sha256:83e382cdd06841ccab4a3cd019a4c25bf89eefd5a282349527530253f3281ccf"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Saturday"], "start": 1380, "end": 120, "zone": "America/New_York"}])
}

# What each rule asks for if it fires.
duties := {}

