# Policy sha256:6cd96c66c6dbde95c2ad24c69757f1bebac5b9e607ff7430b8d88b6aae15dfec, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:6cd96c66c6dbde95c2ad24c69757f1bebac5b9e607ff7430b8d88b6aae15dfec",
}

policy_version := "sha256:6cd96c66c6dbde95c2ad24c69757f1bebac5b9e607ff7430b8d88b6aae15dfec"

holds := set()

denies := set()

# allow it (policy.yml:3)
# match tool: "t", resource: "repo:acme/*"
grants contains "it" if {
	input.action.tool == "t"
	regex.match(`(?s)\Arepo:acme/[^/]*\z`, resource)
}

# What each rule asks for if it fires.
duties := {}

