# Policy sha256:ab192ee826f2d930218632aa108aa405b7ea272bf508f50f85e1d4174f8113b2, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:ab192ee826f2d930218632aa108aa405b7ea272bf508f50f85e1d4174f8113b2",
}

policy_version := "sha256:ab192ee826f2d930218632aa108aa405b7ea272bf508f50f85e1d4174f8113b2"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when has payload.x
grants contains "allow-if" if {
	input.action.tool == "ask"
	has_key(input.action.payload, "x")
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when has payload.x
denies contains "deny-if" if {
	input.action.tool == "act"
	has_key(input.action.payload, "x")
}

# What each rule asks for if it fires.
duties := {}

