# Policy sha256:be7befe90d82af70a2771ca2d508a6bdb2b38f4bbd2d78c405db4410a9a6bd91, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:be7befe90d82af70a2771ca2d508a6bdb2b38f4bbd2d78c405db4410a9a6bd91",
}

policy_version := "sha256:be7befe90d82af70a2771ca2d508a6bdb2b38f4bbd2d78c405db4410a9a6bd91"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not not not not not not not not not not not not not not not not payload.x == 1
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_number(input.action.payload.x) == 10000
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not not not not not not not not not not not not not not not not payload.x == 1
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x == 1: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_number(input.action.payload.x) != 10000

# What each rule asks for if it fires.
duties := {}

