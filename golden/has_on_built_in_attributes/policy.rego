# Policy sha256:232877029aa7992be8215db5fb4898d9dd74f671f4a80d26704f45316d2bdd0d, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:232877029aa7992be8215db5fb4898d9dd74f671f4a80d26704f45316d2bdd0d",
}

policy_version := "sha256:232877029aa7992be8215db5fb4898d9dd74f671f4a80d26704f45316d2bdd0d"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when has paths and has actor.owner and has intent.task
grants contains "allow-if" if {
	input.action.tool == "ask"
	has_key(input.action, "paths")
	has_key(input.action.actor, "owner")
	has_key(input.action.intent, "task")
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when has paths and has actor.owner and has intent.task
denies contains "deny-if" if {
	input.action.tool == "act"
	has_key(input.action, "paths")
	has_key(input.action.actor, "owner")
	has_key(input.action.intent, "task")
}

# What each rule asks for if it fires.
duties := {}

