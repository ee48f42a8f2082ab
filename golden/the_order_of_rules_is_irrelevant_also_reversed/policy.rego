# Policy sha256:534076b0affc571695c32dc401e18500f14fc457d52c11cd4677acbf064f81b0, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:534076b0affc571695c32dc401e18500f14fc457d52c11cd4677acbf064f81b0",
}

policy_version := "sha256:534076b0affc571695c32dc401e18500f14fc457d52c11cd4677acbf064f81b0"

# deny a-deny (policy.yml:3)
# match tool: "t"
# when payload.x > 2
denies contains "a-deny" if {
	input.action.tool == "t"
	not a_deny_excluded_1
}

# payload.x > 2: definitely false
default a_deny_excluded_1 := false

a_deny_excluded_1 if as_number(input.action.payload.x) <= 20000

# step_up m-step-up (policy.yml:7)
# match tool: "t"
# when payload.x > 1
grants contains "m-step-up" if {
	input.action.tool == "t"
	as_number(input.action.payload.x) > 10000
}

# m-step-up holds back what it may concern: its condition is not definitely false
holds contains "m-step-up" if {
	input.action.tool == "t"
	not m_step_up_excluded_1
}

# payload.x > 1: definitely false
default m_step_up_excluded_1 := false

m_step_up_excluded_1 if as_number(input.action.payload.x) <= 10000

# allow z-allow (policy.yml:11)
# match tool: "t"
grants contains "z-allow" if input.action.tool == "t"

# What each rule asks for if it fires.
duties := {
	"m-step-up": {"approvers": [{"rule": "m-step-up", "roles": [], "quorum": 1}]},
}

