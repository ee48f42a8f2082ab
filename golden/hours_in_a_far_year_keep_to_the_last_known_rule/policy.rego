# Policy sha256:0709d04543979c300104bfdf3e9d926468667e8e0c2568eaaf4e666eb31fa6e1, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:0709d04543979c300104bfdf3e9d926468667e8e0c2568eaaf4e666eb31fa6e1",
}

policy_version := "sha256:0709d04543979c300104bfdf3e9d926468667e8e0c2568eaaf4e666eb31fa6e1"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Sunday"], "start": 120, "end": 240, "zone": "Europe/Berlin"}])
}

# What each rule asks for if it fires.
duties := {}

