# Policy sha256:141d7edc5e191053a05e2f1e73f7d7bda434ce814baf47ac5e1333413d45e890, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:141d7edc5e191053a05e2f1e73f7d7bda434ce814baf47ac5e1333413d45e890",
}

policy_version := "sha256:141d7edc5e191053a05e2f1e73f7d7bda434ce814baf47ac5e1333413d45e890"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when payload.d >= payload.n
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_decimal(input.action.payload.d) >= as_number(input.action.payload.n)
}

# deny deny-if (policy.yml:13)
# match tool: "act"
# when payload.d >= payload.n
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.d >= payload.n: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_decimal(input.action.payload.d) < as_number(input.action.payload.n)

# What each rule asks for if it fires.
duties := {}

