# Policy sha256:69acb7fa16fc3be709b271d2bccbad8038f925937380e09026cf9205a9ac79af, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:69acb7fa16fc3be709b271d2bccbad8038f925937380e09026cf9205a9ac79af",
}

policy_version := "sha256:69acb7fa16fc3be709b271d2bccbad8038f925937380e09026cf9205a9ac79af"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Sunday"], "start": 120, "end": 180, "zone": "Europe/Berlin"}])
}

# What each rule asks for if it fires.
duties := {}

