# Policy sha256:58fccf313d5ae8220cda0a27c108a2ac8b5ade1d2477e99db2e0d77ff2bbcb34, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:58fccf313d5ae8220cda0a27c108a2ac8b5ade1d2477e99db2e0d77ff2bbcb34",
}

policy_version := "sha256:58fccf313d5ae8220cda0a27c108a2ac8b5ade1d2477e99db2e0d77ff2bbcb34"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when payload.t in [1709164800000000000, 1709251200000000000]
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_instant(input.action.payload.t) in {1709164800000000000, 1709251200000000000}
}

# deny deny-if (policy.yml:13)
# match tool: "act"
# when payload.t in [1709164800000000000, 1709251200000000000]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.t in [1709164800000000000, 1709251200000000000]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_instant(input.action.payload.t)
	not value_1 in {1709164800000000000, 1709251200000000000}
}

# What each rule asks for if it fires.
duties := {}

