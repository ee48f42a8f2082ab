# Policy sha256:490104d182498b75ba93ca2934eddbe6d08f4cb1973421bdf5645e92eb70bebe, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:490104d182498b75ba93ca2934eddbe6d08f4cb1973421bdf5645e92eb70bebe",
}

policy_version := "sha256:490104d182498b75ba93ca2934eddbe6d08f4cb1973421bdf5645e92eb70bebe"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Monday"], "start": 720, "end": 721, "zone": "Antarctica/Troll"}])
}

# What each rule asks for if it fires.
duties := {}

