# Policy sha256:fafbeb050fe7013c28fa6911be8234b7c4dbd8cbbc08a3a0215d876a93198d03, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:fafbeb050fe7013c28fa6911be8234b7c4dbd8cbbc08a3a0215d876a93198d03",
}

policy_version := "sha256:fafbeb050fe7013c28fa6911be8234b7c4dbd8cbbc08a3a0215d876a93198d03"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x == "main"
grants contains "allow-if" if {
	input.action.tool == "ask"
	input.action.payload.x == "main"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x == "main"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x == "main": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_string(input.action.payload.x) != "main"

# What each rule asks for if it fires.
duties := {}

