# Policy sha256:db7354645f625334946a9fbb199faaaec022a6a74719459701531dbd71800983, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:db7354645f625334946a9fbb199faaaec022a6a74719459701531dbd71800983",
}

policy_version := "sha256:db7354645f625334946a9fbb199faaaec022a6a74719459701531dbd71800983"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when payload.i == payload.d
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_scaled_integer(input.action.payload.i) == as_decimal(input.action.payload.d)
}

# deny deny-if (policy.yml:13)
# match tool: "act"
# when payload.i == payload.d
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.i == payload.d: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_scaled_integer(input.action.payload.i) != as_decimal(input.action.payload.d)

# What each rule asks for if it fires.
duties := {}

