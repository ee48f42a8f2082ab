# Policy sha256:9faf1653744c2c2f6ed1972e6d75960be473c5ac6dbf82c9a0a522552399d4d5, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:9faf1653744c2c2f6ed1972e6d75960be473c5ac6dbf82c9a0a522552399d4d5",
}

policy_version := "sha256:9faf1653744c2c2f6ed1972e6d75960be473c5ac6dbf82c9a0a522552399d4d5"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x matches "src/*"
grants contains "allow-if" if {
	input.action.tool == "ask"
	regex.match(`(?s)\Asrc/[^/]*\z`, as_path(input.action.payload.x))
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x matches "src/*"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x matches "src/*": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.x)
	not regex.match(`(?s)\Asrc/[^/]*\z`, value_1)
}

# What each rule asks for if it fires.
duties := {}

