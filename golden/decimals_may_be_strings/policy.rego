# Policy sha256:ec99fe92b0018ce96287654938fff4c29cb1d56f7399d0c8ece3d64c9fa401a7, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:ec99fe92b0018ce96287654938fff4c29cb1d56f7399d0c8ece3d64c9fa401a7",
}

policy_version := "sha256:ec99fe92b0018ce96287654938fff4c29cb1d56f7399d0c8ece3d64c9fa401a7"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when payload.x in [1.5, -0.25]
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_decimal(input.action.payload.x) in {15000, -2500}
}

# deny deny-if (policy.yml:13)
# match tool: "act"
# when payload.x in [1.5, -0.25]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x in [1.5, -0.25]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_decimal(input.action.payload.x)
	not value_1 in {15000, -2500}
}

# What each rule asks for if it fires.
duties := {}

