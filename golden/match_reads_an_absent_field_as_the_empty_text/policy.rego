# Policy sha256:4da91d9caaf2c2db481ba84ff831ba9572a1ed256e3f62c1c7714e839c221a20, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:4da91d9caaf2c2db481ba84ff831ba9572a1ed256e3f62c1c7714e839c221a20",
}

policy_version := "sha256:4da91d9caaf2c2db481ba84ff831ba9572a1ed256e3f62c1c7714e839c221a20"

holds := set()

denies := set()

# allow any-owner (policy.yml:3)
# match tool: "t", owner: "*"
grants contains "any-owner" if input.action.tool == "t"

# allow named-owner (policy.yml:6)
# match tool: "t", owner: "user:*"
grants contains "named-owner" if {
	input.action.tool == "t"
	startswith(owner, "user:")
}

# allow two-stars (policy.yml:9)
# match tool: "t", task: "**"
grants contains "two-stars" if input.action.tool == "t"

# What each rule asks for if it fires.
duties := {}

