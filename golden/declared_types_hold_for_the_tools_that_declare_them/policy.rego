# Policy sha256:f14baf47c4f028a65791b7b5671bf043e8b3c2a6728e118c9b845fc1dedb4379, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:f14baf47c4f028a65791b7b5671bf043e8b3c2a6728e118c9b845fc1dedb4379",
}

policy_version := "sha256:f14baf47c4f028a65791b7b5671bf043e8b3c2a6728e118c9b845fc1dedb4379"

holds := set()

denies := set()

# allow pays (policy.yml:6)
# match tool: "pay"
# when payload.amount <= 10
grants contains "pays" if {
	input.action.tool == "pay"
	as_decimal(input.action.payload.amount) <= 100000
}

# allow refunds (policy.yml:10)
# match tool: "refund"
# when payload.amount <= 10
grants contains "refunds" if {
	input.action.tool == "refund"
	as_integer(input.action.payload.amount) <= 10
}

# What each rule asks for if it fires.
duties := {}

