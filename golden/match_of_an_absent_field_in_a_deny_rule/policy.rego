# Policy sha256:34a9d711f06b7777ad0dd0e9023840b7ddae6221da2aafa27c2f7bf1d8484883, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:34a9d711f06b7777ad0dd0e9023840b7ddae6221da2aafa27c2f7bf1d8484883",
}

policy_version := "sha256:34a9d711f06b7777ad0dd0e9023840b7ddae6221da2aafa27c2f7bf1d8484883"

holds := set()

# allow all (policy.yml:3)
# match tool: "t"
grants contains "all" if input.action.tool == "t"

# deny no-bots (policy.yml:6)
# match tool: "t", actor: "bot:*"
denies contains "no-bots" if {
	input.action.tool == "t"
	startswith(actor, "bot:")
}

# deny no-strangers (policy.yml:9)
# match tool: "t"
# when not has actor.agent
denies contains "no-strangers" if {
	input.action.tool == "t"
	not no_strangers_confirmed_1
}

# has actor.agent: definitely true
default no_strangers_confirmed_1 := false

no_strangers_confirmed_1 if has_key(input.action.actor, "agent")

# What each rule asks for if it fires.
duties := {}

