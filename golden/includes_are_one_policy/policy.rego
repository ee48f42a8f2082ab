# Policy sha256:e3933801d3ca1ba7f83475b96681761d6388603814191a020edf2b97cc5cbb3b, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:e3933801d3ca1ba7f83475b96681761d6388603814191a020edf2b97cc5cbb3b",
}

policy_version := "sha256:e3933801d3ca1ba7f83475b96681761d6388603814191a020edf2b97cc5cbb3b"

holds := set()

# allow all (policy.yml:4)
# match tool: "t", actor: "agent:*"
grants contains "all" if {
	input.action.tool == "t"
	startswith(actor, "agent:")
}

# deny no-prod (rules/deny.yml:3)
# match tool: "t"
# when payload.env == "prod"
denies contains "no-prod" if {
	input.action.tool == "t"
	not no_prod_excluded_1
}

# payload.env == "prod": definitely false
default no_prod_excluded_1 := false

no_prod_excluded_1 if as_string(input.action.payload.env) != "prod"

# What each rule asks for if it fires.
duties := {}

