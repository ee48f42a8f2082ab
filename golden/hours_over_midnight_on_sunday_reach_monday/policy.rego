# Policy sha256:dff2d3d7aaeb8a5b9eccd647f9a98d54482b2d8d6fa06f4e2f6b9a0141f65507, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:dff2d3d7aaeb8a5b9eccd647f9a98d54482b2d8d6fa06f4e2f6b9a0141f65507",
}

policy_version := "sha256:dff2d3d7aaeb8a5b9eccd647f9a98d54482b2d8d6fa06f4e2f6b9a0141f65507"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Sunday"], "start": 1410, "end": 30, "zone": "UTC"}])
}

# What each rule asks for if it fires.
duties := {}

