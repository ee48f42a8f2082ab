# Policy sha256:e18bc841459af55479249a29fc86fde7208fa9f4483e269bb078d5803f2b9013, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:e18bc841459af55479249a29fc86fde7208fa9f4483e269bb078d5803f2b9013",
}

policy_version := "sha256:e18bc841459af55479249a29fc86fde7208fa9f4483e269bb078d5803f2b9013"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.a == 1 or payload.b == 1
grants contains "allow-if" if {
	input.action.tool == "ask"
	allow_if_any_1
}

allow_if_any_1 if as_number(input.action.payload.a) == 10000

allow_if_any_1 if as_number(input.action.payload.b) == 10000

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.a == 1 or payload.b == 1
denies contains "deny-if" if {
	input.action.tool == "act"
	deny_if_any_1
}

deny_if_any_1 if not deny_if_excluded_1

deny_if_any_1 if not deny_if_excluded_2

# payload.a == 1: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_number(input.action.payload.a) != 10000

# payload.b == 1: definitely false
default deny_if_excluded_2 := false

deny_if_excluded_2 if as_number(input.action.payload.b) != 10000

# What each rule asks for if it fires.
duties := {}

