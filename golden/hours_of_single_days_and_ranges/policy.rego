# Policy sha256:157f765d4cbeaf112e65df55ea13a70785011c17dcc6cd0eb2cf9461c1269a0e, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:157f765d4cbeaf112e65df55ea13a70785011c17dcc6cd0eb2cf9461c1269a0e",
}

policy_version := "sha256:157f765d4cbeaf112e65df55ea13a70785011c17dcc6cd0eb2cf9461c1269a0e"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Monday", "Wednesday", "Thursday", "Saturday"], "start": 0, "end": 1440, "zone": "UTC"}])
}

# What each rule asks for if it fires.
duties := {}

