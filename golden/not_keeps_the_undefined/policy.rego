# Policy sha256:e40b8f3b9fd50a3ad579b97d413f2630e0b79de8101c39081dc6dea0168ce24f, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:e40b8f3b9fd50a3ad579b97d413f2630e0b79de8101c39081dc6dea0168ce24f",
}

policy_version := "sha256:e40b8f3b9fd50a3ad579b97d413f2630e0b79de8101c39081dc6dea0168ce24f"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not (payload.a == 1 or payload.b == 1)
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_number(input.action.payload.a) != 10000
	as_number(input.action.payload.b) != 10000
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not (payload.a == 1 or payload.b == 1)
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_confirmed_1
	not deny_if_confirmed_2
}

# payload.a == 1: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if as_number(input.action.payload.a) == 10000

# payload.b == 1: definitely true
default deny_if_confirmed_2 := false

deny_if_confirmed_2 if as_number(input.action.payload.b) == 10000

# What each rule asks for if it fires.
duties := {}

