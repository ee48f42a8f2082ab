# Policy sha256:f4dfe9c26b64b7d6e60353c30d5a7204ee0bdd00530da653432518266704e897, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:f4dfe9c26b64b7d6e60353c30d5a7204ee0bdd00530da653432518266704e897",
}

policy_version := "sha256:f4dfe9c26b64b7d6e60353c30d5a7204ee0bdd00530da653432518266704e897"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Monday"], "start": 0, "end": 1440, "zone": "Pacific/Auckland"}])
}

# What each rule asks for if it fires.
duties := {}

