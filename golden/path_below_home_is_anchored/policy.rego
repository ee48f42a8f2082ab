# Policy sha256:59c02aa6d5fdc1c99b268357f846630e73adc1a53236917abed84c9e787450bd, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:59c02aa6d5fdc1c99b268357f846630e73adc1a53236917abed84c9e787450bd",
}

policy_version := "sha256:59c02aa6d5fdc1c99b268357f846630e73adc1a53236917abed84c9e787450bd"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "@home/"
grants contains "allow-if" if {
	input.action.tool == "ask"
	startswith(as_path(input.action.payload.p), "@home/")
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "@home/"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches "@home/": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not startswith(value_1, "@home/")
}

# What each rule asks for if it fires.
duties := {}

