# Policy sha256:07489ae1a19d6ec13d900d4081e28c16a185e1dd0b1d0f0df527b2a771c4a6ec, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:07489ae1a19d6ec13d900d4081e28c16a185e1dd0b1d0f0df527b2a771c4a6ec",
}

policy_version := "sha256:07489ae1a19d6ec13d900d4081e28c16a185e1dd0b1d0f0df527b2a771c4a6ec"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when any actor.roles in ["admin", "ops"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	some item_1 in as_strings(input.action.actor.roles)
	item_1 in {"admin", "ops"}
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when any actor.roles in ["admin", "ops"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# any actor.roles in ["admin", "ops"]: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	some item_1 in as_strings(input.action.actor.roles)
	item_1 in {"admin", "ops"}
}

# any actor.roles in ["admin", "ops"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	as_strings(input.action.actor.roles)
	not deny_if_confirmed_1
}

# What each rule asks for if it fires.
duties := {}

