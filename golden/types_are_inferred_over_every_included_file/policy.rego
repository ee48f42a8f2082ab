# Policy sha256:402ecc790c0d2c102a0e961088d3ce38edbb497a90e3506bf83a2528182fceed, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:402ecc790c0d2c102a0e961088d3ce38edbb497a90e3506bf83a2528182fceed",
}

policy_version := "sha256:402ecc790c0d2c102a0e961088d3ce38edbb497a90e3506bf83a2528182fceed"

holds := set()

denies := set()

# allow mine (policy.yml:4)
# match tool: "t"
# when payload.a == payload.b
grants contains "mine" if {
	input.action.tool == "t"
	as_number(input.action.payload.a) == as_number(input.action.payload.b)
}

# allow other (types.yml:3)
# match tool: "u"
# when payload.b <= 3
grants contains "other" if {
	input.action.tool == "u"
	as_number(input.action.payload.b) <= 30000
}

# What each rule asks for if it fires.
duties := {}

