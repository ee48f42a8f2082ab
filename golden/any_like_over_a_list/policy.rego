# Policy sha256:013cbd88b01bc1631b008a9e02a42a0194a31ac59618ad2c220002ab4f51f1f4, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:013cbd88b01bc1631b008a9e02a42a0194a31ac59618ad2c220002ab4f51f1f4",
}

policy_version := "sha256:013cbd88b01bc1631b008a9e02a42a0194a31ac59618ad2c220002ab4f51f1f4"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when any payload.x like ["a*", "b*"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	some item_1 in as_strings(input.action.payload.x)
	allow_if_pattern_1(item_1)
}

# one of 2 patterns
default allow_if_pattern_1(_) := false

allow_if_pattern_1(text) if startswith(text, "a")

allow_if_pattern_1(text) if startswith(text, "b")

# deny deny-if (policy.yml:10)
# match tool: "act"
# when any payload.x like ["a*", "b*"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# one of 2 patterns
default deny_if_pattern_1(_) := false

deny_if_pattern_1(text) if startswith(text, "a")

deny_if_pattern_1(text) if startswith(text, "b")

# any payload.x like ["a*", "b*"]: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	some item_1 in as_strings(input.action.payload.x)
	deny_if_pattern_1(item_1)
}

# any payload.x like ["a*", "b*"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	as_strings(input.action.payload.x)
	not deny_if_confirmed_1
}

# What each rule asks for if it fires.
duties := {}

