# Policy sha256:0df0830f569076a223ffe7f7c366783f5d431152bb985ed89ad2ea7816cdda1c, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:0df0830f569076a223ffe7f7c366783f5d431152bb985ed89ad2ea7816cdda1c",
}

policy_version := "sha256:0df0830f569076a223ffe7f7c366783f5d431152bb985ed89ad2ea7816cdda1c"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x == 0 or payload.x == 2 or payload.x == 4 or payload.x == 6 or payload.x == 8 or payload.x == 10 or payload.x == 12 or payload.x == 14
grants contains "allow-if" if {
	input.action.tool == "ask"
	allow_if_any_1
}

allow_if_any_1 if as_number(input.action.payload.x) == 0

allow_if_any_1 if as_number(input.action.payload.x) == 20000

allow_if_any_1 if as_number(input.action.payload.x) == 40000

allow_if_any_1 if as_number(input.action.payload.x) == 60000

allow_if_any_1 if as_number(input.action.payload.x) == 80000

allow_if_any_1 if as_number(input.action.payload.x) == 100000

allow_if_any_1 if as_number(input.action.payload.x) == 120000

allow_if_any_1 if as_number(input.action.payload.x) == 140000

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x == 0 or payload.x == 2 or payload.x == 4 or payload.x == 6 or payload.x == 8 or payload.x == 10 or payload.x == 12 or payload.x == 14
denies contains "deny-if" if {
	input.action.tool == "act"
	deny_if_any_1
}

deny_if_any_1 if not deny_if_excluded_1

deny_if_any_1 if not deny_if_excluded_2

deny_if_any_1 if not deny_if_excluded_3

deny_if_any_1 if not deny_if_excluded_4

deny_if_any_1 if not deny_if_excluded_5

deny_if_any_1 if not deny_if_excluded_6

deny_if_any_1 if not deny_if_excluded_7

deny_if_any_1 if not deny_if_excluded_8

# payload.x == 0: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_number(input.action.payload.x) != 0

# payload.x == 2: definitely false
default deny_if_excluded_2 := false

deny_if_excluded_2 if as_number(input.action.payload.x) != 20000

# payload.x == 4: definitely false
default deny_if_excluded_3 := false

deny_if_excluded_3 if as_number(input.action.payload.x) != 40000

# payload.x == 6: definitely false
default deny_if_excluded_4 := false

deny_if_excluded_4 if as_number(input.action.payload.x) != 60000

# payload.x == 8: definitely false
default deny_if_excluded_5 := false

deny_if_excluded_5 if as_number(input.action.payload.x) != 80000

# payload.x == 10: definitely false
default deny_if_excluded_6 := false

deny_if_excluded_6 if as_number(input.action.payload.x) != 100000

# payload.x == 12: definitely false
default deny_if_excluded_7 := false

deny_if_excluded_7 if as_number(input.action.payload.x) != 120000

# payload.x == 14: definitely false
default deny_if_excluded_8 := false

deny_if_excluded_8 if as_number(input.action.payload.x) != 140000

# What each rule asks for if it fires.
duties := {}

