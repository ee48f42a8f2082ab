# Policy sha256:f11d9cd52b81b2e2106e962b6a6c07d20c291d046e876108db52aacdc5abcad5, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:f11d9cd52b81b2e2106e962b6a6c07d20c291d046e876108db52aacdc5abcad5",
}

policy_version := "sha256:f11d9cd52b81b2e2106e962b6a6c07d20c291d046e876108db52aacdc5abcad5"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.a == 1 or (not payload.b == 1 and payload.a == 0)
grants contains "allow-if" if {
	input.action.tool == "ask"
	allow_if_any_1
}

allow_if_any_1 if as_number(input.action.payload.a) == 10000

allow_if_any_1 if {
	as_number(input.action.payload.b) != 10000
	as_number(input.action.payload.a) == 0
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.a == 1 or (not payload.b == 1 and payload.a == 0)
denies contains "deny-if" if {
	input.action.tool == "act"
	deny_if_any_1
}

deny_if_any_1 if not deny_if_excluded_1

deny_if_any_1 if {
	not deny_if_confirmed_1
	not deny_if_excluded_2
}

# payload.a == 1: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_number(input.action.payload.a) != 10000

# payload.b == 1: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if as_number(input.action.payload.b) == 10000

# payload.a == 0: definitely false
default deny_if_excluded_2 := false

deny_if_excluded_2 if as_number(input.action.payload.a) != 0

# What each rule asks for if it fires.
duties := {}

