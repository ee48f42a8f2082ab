# Policy sha256:b2555c855427516ed2f02b97ddd887df8769ddbbbab3990b2a37a17860eaff3d, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:b2555c855427516ed2f02b97ddd887df8769ddbbbab3990b2a37a17860eaff3d",
}

policy_version := "sha256:b2555c855427516ed2f02b97ddd887df8769ddbbbab3990b2a37a17860eaff3d"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not any payload.x like "a*"
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_strings(input.action.payload.x)
	not allow_if_confirmed_1
}

# any payload.x like "a*": definitely true
default allow_if_confirmed_1 := false

allow_if_confirmed_1 if {
	some item_1 in as_strings(input.action.payload.x)
	startswith(item_1, "a")
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not any payload.x like "a*"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_confirmed_1
}

# any payload.x like "a*": definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	some item_1 in as_strings(input.action.payload.x)
	startswith(item_1, "a")
}

# What each rule asks for if it fires.
duties := {}

