# Policy sha256:83cbe714d76cc12158f5c35a590bee2c9985f8cce64e1bdda4609901f6528212, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:83cbe714d76cc12158f5c35a590bee2c9985f8cce64e1bdda4609901f6528212",
}

policy_version := "sha256:83cbe714d76cc12158f5c35a590bee2c9985f8cce64e1bdda4609901f6528212"

holds := set()

denies := set()

# allow it (policy.yml:3)
# match tool: "t", resource: "web"
grants contains "it" if {
	input.action.tool == "t"
	input.action.resource == "web"
}

# What each rule asks for if it fires.
duties := {}

