# Policy sha256:840516c62dc95574cc01df750307afea84feaa41811cd076b8c3cdc1243f336f, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:840516c62dc95574cc01df750307afea84feaa41811cd076b8c3cdc1243f336f",
}

policy_version := "sha256:840516c62dc95574cc01df750307afea84feaa41811cd076b8c3cdc1243f336f"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not any payload.x in ["a", "b"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_strings(input.action.payload.x)
	not allow_if_confirmed_1
}

# any payload.x in ["a", "b"]: definitely true
default allow_if_confirmed_1 := false

allow_if_confirmed_1 if {
	some item_1 in as_strings(input.action.payload.x)
	item_1 in {"a", "b"}
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not any payload.x in ["a", "b"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_confirmed_1
}

# any payload.x in ["a", "b"]: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	some item_1 in as_strings(input.action.payload.x)
	item_1 in {"a", "b"}
}

# What each rule asks for if it fires.
duties := {}

