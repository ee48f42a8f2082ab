# Policy sha256:e07531ddc6163b06c95324d0cda71b980f5521bceb1ffe4f8b1548bb0899b88a, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:e07531ddc6163b06c95324d0cda71b980f5521bceb1ffe4f8b1548bb0899b88a",
}

policy_version := "sha256:e07531ddc6163b06c95324d0cda71b980f5521bceb1ffe4f8b1548bb0899b88a"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when payload.i < payload.n
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_scaled_integer(input.action.payload.i) < as_number(input.action.payload.n)
}

# deny deny-if (policy.yml:13)
# match tool: "act"
# when payload.i < payload.n
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.i < payload.n: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_scaled_integer(input.action.payload.i) >= as_number(input.action.payload.n)

# What each rule asks for if it fires.
duties := {}

