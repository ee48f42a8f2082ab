# Policy sha256:061f4aa96033e60a1a7371c7bf450fa807b4c0c93058c94bee1b5273d8053b9d, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:061f4aa96033e60a1a7371c7bf450fa807b4c0c93058c94bee1b5273d8053b9d",
}

policy_version := "sha256:061f4aa96033e60a1a7371c7bf450fa807b4c0c93058c94bee1b5273d8053b9d"

holds := set()

denies := set()

# allow by-amount (policy.yml:3)
# match tool: "t"
# when payload.x <= 10
grants contains "by-amount" if {
	input.action.tool == "t"
	as_number(input.action.payload.x) <= 100000
}

# allow by-person (policy.yml:7)
# match tool: "t"
# when actor.owner == "ana"
grants contains "by-person" if {
	input.action.tool == "t"
	input.action.actor.owner == "ana"
}

# What each rule asks for if it fires.
duties := {}

