# Policy sha256:13b3b5569f8938a507cb3a1228dc4cd8062f11f57ac4d5dbc8832caf8807daf2, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:13b3b5569f8938a507cb3a1228dc4cd8062f11f57ac4d5dbc8832caf8807daf2",
}

policy_version := "sha256:13b3b5569f8938a507cb3a1228dc4cd8062f11f57ac4d5dbc8832caf8807daf2"

holds := set()

# allow all (policy.yml:3)
# match tool: "pay.*"
grants contains "all" if startswith(tool, "pay.")

# deny no-prod (policy.yml:6)
# match tool: "pay.*"
# when has payload.env and payload.env == "prod"
denies contains "no-prod" if {
	startswith(tool, "pay.")
	has_key(input.action.payload, "env")
	not no_prod_excluded_1
}

# payload.env == "prod": definitely false
default no_prod_excluded_1 := false

no_prod_excluded_1 if as_string(input.action.payload.env) != "prod"

# What each rule asks for if it fires.
duties := {}

