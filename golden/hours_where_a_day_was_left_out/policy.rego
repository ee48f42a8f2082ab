# Policy sha256:f358e588cc6b007e6a75a97dd7cbed5639b0fbfa4b995bcad2a620dd968bbb7a, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:f358e588cc6b007e6a75a97dd7cbed5639b0fbfa4b995bcad2a620dd968bbb7a",
}

policy_version := "sha256:f358e588cc6b007e6a75a97dd7cbed5639b0fbfa4b995bcad2a620dd968bbb7a"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 3 windows
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Thursday"], "start": 1380, "end": 1440, "zone": "Pacific/Apia"}, {"days": ["Saturday"], "start": 0, "end": 1, "zone": "Pacific/Apia"}, {"days": ["Friday"], "start": 0, "end": 1440, "zone": "Pacific/Apia"}])
}

# What each rule asks for if it fires.
duties := {}

