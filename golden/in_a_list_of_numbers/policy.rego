# Policy sha256:2f35b613778f87a7ab5c41f648e2ae2951936b9a3d88e3d0655765252e923722, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:2f35b613778f87a7ab5c41f648e2ae2951936b9a3d88e3d0655765252e923722",
}

policy_version := "sha256:2f35b613778f87a7ab5c41f648e2ae2951936b9a3d88e3d0655765252e923722"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x in [1, 2.5, -3]
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_number(input.action.payload.x) in {10000, 25000, -30000}
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x in [1, 2.5, -3]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x in [1, 2.5, -3]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_number(input.action.payload.x)
	not value_1 in {10000, 25000, -30000}
}

# What each rule asks for if it fires.
duties := {}

