# Policy sha256:c17ed38378015a805d48b8ad36dbab5baaea8bbf9b20ba9d36e81b368ee63e91, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:c17ed38378015a805d48b8ad36dbab5baaea8bbf9b20ba9d36e81b368ee63e91",
}

policy_version := "sha256:c17ed38378015a805d48b8ad36dbab5baaea8bbf9b20ba9d36e81b368ee63e91"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Sunday"], "start": 0, "end": 90, "zone": "America/Sao_Paulo"}])
}

# What each rule asks for if it fires.
duties := {}

