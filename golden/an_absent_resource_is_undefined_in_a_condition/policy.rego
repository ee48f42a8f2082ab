# Policy sha256:f6a165d2b6adc4c0a9fc2202cfff77d488f4bfcc326ac06e67214b17c76cc8c6, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:f6a165d2b6adc4c0a9fc2202cfff77d488f4bfcc326ac06e67214b17c76cc8c6",
}

policy_version := "sha256:f6a165d2b6adc4c0a9fc2202cfff77d488f4bfcc326ac06e67214b17c76cc8c6"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when resource like "*"
grants contains "allow-if" if {
	input.action.tool == "ask"
	is_string(as_string(input.action.resource))
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when resource like "*"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# resource like "*": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_string(input.action.resource)
	not is_string(value_1)
}

# What each rule asks for if it fires.
duties := {}

