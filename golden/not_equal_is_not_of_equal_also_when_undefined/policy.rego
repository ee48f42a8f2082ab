# Policy sha256:97d1f3fb40a633d7d1be5f7967e3c2a001f791df6087fb59597c45d7b336f0d6, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:97d1f3fb40a633d7d1be5f7967e3c2a001f791df6087fb59597c45d7b336f0d6",
}

policy_version := "sha256:97d1f3fb40a633d7d1be5f7967e3c2a001f791df6087fb59597c45d7b336f0d6"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not not payload.a == 1
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_number(input.action.payload.a) == 10000
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not not payload.a == 1
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.a == 1: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_number(input.action.payload.a) != 10000

# What each rule asks for if it fires.
duties := {}

