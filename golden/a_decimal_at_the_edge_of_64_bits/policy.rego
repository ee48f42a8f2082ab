# Policy sha256:0c7a56b87efca992ba73ea075e524c21e00a5d1b59e96f020bedbb7829fe0575, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:0c7a56b87efca992ba73ea075e524c21e00a5d1b59e96f020bedbb7829fe0575",
}

policy_version := "sha256:0c7a56b87efca992ba73ea075e524c21e00a5d1b59e96f020bedbb7829fe0575"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when payload.x == 922337203685477.5807
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_decimal(input.action.payload.x) == 9223372036854775807
}

# deny deny-if (policy.yml:13)
# match tool: "act"
# when payload.x == 922337203685477.5807
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x == 922337203685477.5807: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_decimal(input.action.payload.x) != 9223372036854775807

# What each rule asks for if it fires.
duties := {}

