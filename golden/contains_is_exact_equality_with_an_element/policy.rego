# Policy sha256:69e05ac04cc7393341f9023633367b1ddb08d27db5b2e16862c39f02bfddd416, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:69e05ac04cc7393341f9023633367b1ddb08d27db5b2e16862c39f02bfddd416",
}

policy_version := "sha256:69e05ac04cc7393341f9023633367b1ddb08d27db5b2e16862c39f02bfddd416"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when any payload.x in ["ops"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	some item_1 in as_strings(input.action.payload.x)
	item_1 == "ops"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when any payload.x in ["ops"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# any payload.x in ["ops"]: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	some item_1 in as_strings(input.action.payload.x)
	item_1 == "ops"
}

# any payload.x in ["ops"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	as_strings(input.action.payload.x)
	not deny_if_confirmed_1
}

# What each rule asks for if it fires.
duties := {}

