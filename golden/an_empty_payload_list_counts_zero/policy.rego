# Policy sha256:202b3aa9ee2f70f2829bc6d78c6028e9e77327af49fa30c07b8edc4f3b1710ee, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:202b3aa9ee2f70f2829bc6d78c6028e9e77327af49fa30c07b8edc4f3b1710ee",
}

policy_version := "sha256:202b3aa9ee2f70f2829bc6d78c6028e9e77327af49fa30c07b8edc4f3b1710ee"

holds := set()

denies := set()

# allow it (policy.yml:3)
# match tool: "t"
# when count(payload.l) == 0
grants contains "it" if {
	input.action.tool == "t"
	count(as_strings(input.action.payload.l)) == 0
}

# What each rule asks for if it fires.
duties := {}

