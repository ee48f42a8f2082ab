# Policy sha256:e0a3e482cf0d5c31c9a4de08b33ecf20a020fafac045d617ac2dae4cef726e32, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:e0a3e482cf0d5c31c9a4de08b33ecf20a020fafac045d617ac2dae4cef726e32",
}

policy_version := "sha256:e0a3e482cf0d5c31c9a4de08b33ecf20a020fafac045d617ac2dae4cef726e32"

holds := set()

denies := set()

# allow one (policy.yml:3)
# match tool: "t", resource: "*"
grants contains "one" if {
	input.action.tool == "t"
	regex.match(`(?s)\A[^/]*\z`, resource)
}

# allow two (policy.yml:6)
# match tool: "t", resource: "**"
grants contains "two" if input.action.tool == "t"

# What each rule asks for if it fires.
duties := {}

