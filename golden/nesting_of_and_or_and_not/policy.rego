# Policy sha256:589196cd141da3f617c3059758d6737895336a5c4d6f91cf7632746cec3f988b, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:589196cd141da3f617c3059758d6737895336a5c4d6f91cf7632746cec3f988b",
}

policy_version := "sha256:589196cd141da3f617c3059758d6737895336a5c4d6f91cf7632746cec3f988b"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when (payload.a == 1 and not (payload.b == 1 or payload.c == 1)) or (payload.c == 1 and not payload.a == 1)
grants contains "allow-if" if {
	input.action.tool == "ask"
	allow_if_any_1
}

allow_if_any_1 if {
	as_number(input.action.payload.a) == 10000
	as_number(input.action.payload.b) != 10000
	as_number(input.action.payload.c) != 10000
}

allow_if_any_1 if {
	as_number(input.action.payload.c) == 10000
	as_number(input.action.payload.a) != 10000
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when (payload.a == 1 and not (payload.b == 1 or payload.c == 1)) or (payload.c == 1 and not payload.a == 1)
denies contains "deny-if" if {
	input.action.tool == "act"
	deny_if_any_1
}

deny_if_any_1 if {
	not deny_if_excluded_1
	not deny_if_confirmed_1
	not deny_if_confirmed_2
}

deny_if_any_1 if {
	not deny_if_excluded_2
	not deny_if_confirmed_3
}

# payload.a == 1: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_number(input.action.payload.a) != 10000

# payload.b == 1: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if as_number(input.action.payload.b) == 10000

# payload.c == 1: definitely true
default deny_if_confirmed_2 := false

deny_if_confirmed_2 if as_number(input.action.payload.c) == 10000

# payload.c == 1: definitely false
default deny_if_excluded_2 := false

deny_if_excluded_2 if as_number(input.action.payload.c) != 10000

# payload.a == 1: definitely true
default deny_if_confirmed_3 := false

deny_if_confirmed_3 if as_number(input.action.payload.a) == 10000

# What each rule asks for if it fires.
duties := {}

