# Policy sha256:b1f616eef31c4b6dbef30b4e16eb9d3b0bf631f9b82be59de202df0cbac5586e, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:b1f616eef31c4b6dbef30b4e16eb9d3b0bf631f9b82be59de202df0cbac5586e",
}

policy_version := "sha256:b1f616eef31c4b6dbef30b4e16eb9d3b0bf631f9b82be59de202df0cbac5586e"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not payload.x == false
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_boolean(input.action.payload.x) != false
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not payload.x == false
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_confirmed_1
}

# payload.x == false: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if input.action.payload.x == false

# What each rule asks for if it fires.
duties := {}

