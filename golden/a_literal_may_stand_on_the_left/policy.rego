# Policy sha256:ed40d392a8990c483865cb64ef57ac338090212514dfba254c86747e6e67c175, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:ed40d392a8990c483865cb64ef57ac338090212514dfba254c86747e6e67c175",
}

policy_version := "sha256:ed40d392a8990c483865cb64ef57ac338090212514dfba254c86747e6e67c175"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x < 10
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_number(input.action.payload.x) < 100000
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x < 10
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x < 10: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_number(input.action.payload.x) >= 100000

# What each rule asks for if it fires.
duties := {}

