# Policy sha256:f6c7b8e83af331e9bc50cca9f97b73200fb45c435701cb2110d7ad8ebb3dc16e, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:f6c7b8e83af331e9bc50cca9f97b73200fb45c435701cb2110d7ad8ebb3dc16e",
}

policy_version := "sha256:f6c7b8e83af331e9bc50cca9f97b73200fb45c435701cb2110d7ad8ebb3dc16e"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when not payload.t == 1767225600000000000
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_instant(input.action.payload.t) != 1767225600000000000
}

# deny deny-if (policy.yml:13)
# match tool: "act"
# when not payload.t == 1767225600000000000
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_confirmed_1
}

# payload.t == 1767225600000000000: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if as_instant(input.action.payload.t) == 1767225600000000000

# What each rule asks for if it fires.
duties := {}

