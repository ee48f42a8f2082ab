# Policy sha256:9c02c683e5091feee4198e0312dd66871cd540bfd85bd599ff106d9fb4340547, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:9c02c683e5091feee4198e0312dd66871cd540bfd85bd599ff106d9fb4340547",
}

policy_version := "sha256:9c02c683e5091feee4198e0312dd66871cd540bfd85bd599ff106d9fb4340547"

holds := set()

# deny a-small (policy.yml:3)
# match tool: "t"
# when payload.x < 10
denies contains "a-small" if {
	input.action.tool == "t"
	not a_small_excluded_1
}

# payload.x < 10: definitely false
default a_small_excluded_1 := false

a_small_excluded_1 if as_number(input.action.payload.x) >= 100000

# allow all (policy.yml:11)
# match tool: "t"
grants contains "all" if input.action.tool == "t"

# deny b-odd (policy.yml:7)
# match tool: "t"
# when payload.y == 1
denies contains "b-odd" if {
	input.action.tool == "t"
	not b_odd_excluded_1
}

# payload.y == 1: definitely false
default b_odd_excluded_1 := false

b_odd_excluded_1 if as_number(input.action.payload.y) != 10000

# What each rule asks for if it fires.
duties := {}

