# Policy sha256:673c34285442ee2ac262647dbbdd956f17617faa68db25f80fe8539a3acb617b, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:673c34285442ee2ac262647dbbdd956f17617faa68db25f80fe8539a3acb617b",
}

policy_version := "sha256:673c34285442ee2ac262647dbbdd956f17617faa68db25f80fe8539a3acb617b"

holds := set()

denies := set()

# allow it (policy.yml:3)
# match tool: "no", owner: "1:30", task: "null"
# when payload.on == "012"
grants contains "it" if {
	input.action.tool == "no"
	input.action.actor.owner == "1:30"
	input.action.intent.task == "null"
	input.action.payload.on == "012"
}

# What each rule asks for if it fires.
duties := {}

