# Policy sha256:ce29c322dc3bec9e2383985f6dc5156566273b04656743b822e381888b66ddea, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:ce29c322dc3bec9e2383985f6dc5156566273b04656743b822e381888b66ddea",
}

policy_version := "sha256:ce29c322dc3bec9e2383985f6dc5156566273b04656743b822e381888b66ddea"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when payload.x <= 3
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_decimal(input.action.payload.x) <= 30000
}

# deny deny-if (policy.yml:13)
# match tool: "act"
# when payload.x <= 3
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x <= 3: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_decimal(input.action.payload.x) > 30000

# What each rule asks for if it fires.
duties := {}

