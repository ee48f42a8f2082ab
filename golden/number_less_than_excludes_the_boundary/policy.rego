# Policy sha256:b38b9082383c0a0e241169c474f7cd26de792ba46a99c5a85a2b0051af7db96c, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:b38b9082383c0a0e241169c474f7cd26de792ba46a99c5a85a2b0051af7db96c",
}

policy_version := "sha256:b38b9082383c0a0e241169c474f7cd26de792ba46a99c5a85a2b0051af7db96c"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x < 2.5
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_number(input.action.payload.x) < 25000
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x < 2.5
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x < 2.5: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_number(input.action.payload.x) >= 25000

# What each rule asks for if it fires.
duties := {}

