# Policy sha256:cb88a004aa64c2eb26b886040136425f7917fa355f205542b5a8495dc7cbd860, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:cb88a004aa64c2eb26b886040136425f7917fa355f205542b5a8495dc7cbd860",
}

policy_version := "sha256:cb88a004aa64c2eb26b886040136425f7917fa355f205542b5a8495dc7cbd860"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 2 windows
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"], "start": 540, "end": 600, "zone": "Asia/Kolkata"}, {"days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"], "start": 540, "end": 600, "zone": "America/New_York"}])
}

# What each rule asks for if it fires.
duties := {}

