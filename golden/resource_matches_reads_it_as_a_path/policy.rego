# Policy sha256:933f493a4282730b3ef669eb3e51478b5c2262e141e06f74dd2556087039a0a4, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:933f493a4282730b3ef669eb3e51478b5c2262e141e06f74dd2556087039a0a4",
}

policy_version := "sha256:933f493a4282730b3ef669eb3e51478b5c2262e141e06f74dd2556087039a0a4"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when resource matches "src/**"
grants contains "allow-if" if {
	input.action.tool == "ask"
	startswith(as_path(input.action.resource), "src/")
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when resource matches "src/**"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# resource matches "src/**": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.resource)
	not startswith(value_1, "src/")
}

# What each rule asks for if it fires.
duties := {}

