# Policy sha256:9b446a2e84980236d461e82992569d468e7679e92506dbbcfd3d8f0ac8c5db22, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:9b446a2e84980236d461e82992569d468e7679e92506dbbcfd3d8f0ac8c5db22",
}

policy_version := "sha256:9b446a2e84980236d461e82992569d468e7679e92506dbbcfd3d8f0ac8c5db22"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x >= 0
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_number(input.action.payload.x) >= 0
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x >= 0
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x >= 0: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_number(input.action.payload.x) < 0

# What each rule asks for if it fires.
duties := {}

