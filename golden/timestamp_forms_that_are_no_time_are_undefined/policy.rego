# Policy sha256:a7fc0a965a1ad894a750af2750d1b1b6213fbc1e2fdc5f6f34398ccdcf4c38ab, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:a7fc0a965a1ad894a750af2750d1b1b6213fbc1e2fdc5f6f34398ccdcf4c38ab",
}

policy_version := "sha256:a7fc0a965a1ad894a750af2750d1b1b6213fbc1e2fdc5f6f34398ccdcf4c38ab"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when time >= 1767225600000000000
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_instant(input.action.time) >= 1767225600000000000
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when time >= 1767225600000000000
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# time >= 1767225600000000000: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_instant(input.action.time) < 1767225600000000000

# What each rule asks for if it fires.
duties := {}

