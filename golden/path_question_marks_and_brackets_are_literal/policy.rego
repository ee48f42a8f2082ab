# Policy sha256:b50e4f6f30ae05bd4201f83e8c9158f4ba7e42d65c1b0d7d0f2c415e68c8a79f, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:b50e4f6f30ae05bd4201f83e8c9158f4ba7e42d65c1b0d7d0f2c415e68c8a79f",
}

policy_version := "sha256:b50e4f6f30ae05bd4201f83e8c9158f4ba7e42d65c1b0d7d0f2c415e68c8a79f"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "src/[a-z]?!"
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_path(input.action.payload.p) == "src/[a-z]?!"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "src/[a-z]?!"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches "src/[a-z]?!": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_path(input.action.payload.p) != "src/[a-z]?!"

# What each rule asks for if it fires.
duties := {}

