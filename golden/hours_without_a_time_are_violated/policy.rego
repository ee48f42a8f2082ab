# Policy sha256:e88796d713bc2933a4b1043ce5300f24d6fc14bfe12709a27280a8c187e1bb3f, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:e88796d713bc2933a4b1043ce5300f24d6fc14bfe12709a27280a8c187e1bb3f",
}

policy_version := "sha256:e88796d713bc2933a4b1043ce5300f24d6fc14bfe12709a27280a8c187e1bb3f"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], "start": 0, "end": 1440, "zone": "UTC"}])
}

# What each rule asks for if it fires.
duties := {}

