# Policy sha256:5ce09055459e63ea5d5238c60935d24102ab2ca548470ccfa82d26faf60c8e52, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:5ce09055459e63ea5d5238c60935d24102ab2ca548470ccfa82d26faf60c8e52",
}

policy_version := "sha256:5ce09055459e63ea5d5238c60935d24102ab2ca548470ccfa82d26faf60c8e52"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x == 0 or payload.x == 2 or payload.x == 4 or payload.x == 6 or payload.x == 8 or payload.x == 10 or payload.x == 12 or payload.x == 14 or payload.x == 16 or payload.x == 18 or payload.x == 20 or payload.x == 22 or payload.x == 24 or payload.x == 26 or payload.x == 28 or payload.x == 30 or payload.x == 32 or payload.x == 34 or payload.x == 36 or payload.x == 38
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

allow_if_any_1 if as_number(input.action.payload.x) == 160000

allow_if_any_1 if as_number(input.action.payload.x) == 180000

allow_if_any_1 if as_number(input.action.payload.x) == 200000

allow_if_any_1 if as_number(input.action.payload.x) == 220000

allow_if_any_1 if as_number(input.action.payload.x) == 240000

allow_if_any_1 if as_number(input.action.payload.x) == 260000

allow_if_any_1 if as_number(input.action.payload.x) == 280000

allow_if_any_1 if as_number(input.action.payload.x) == 300000

allow_if_any_1 if as_number(input.action.payload.x) == 320000

allow_if_any_1 if as_number(input.action.payload.x) == 340000

allow_if_any_1 if as_number(input.action.payload.x) == 360000

allow_if_any_1 if as_number(input.action.payload.x) == 380000

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x == 0 or payload.x == 2 or payload.x == 4 or payload.x == 6 or payload.x == 8 or payload.x == 10 or payload.x == 12 or payload.x == 14 or payload.x == 16 or payload.x == 18 or payload.x == 20 or payload.x == 22 or payload.x == 24 or payload.x == 26 or payload.x == 28 or payload.x == 30 or payload.x == 32 or payload.x == 34 or payload.x == 36 or payload.x == 38
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

deny_if_any_1 if not deny_if_excluded_9

deny_if_any_1 if not deny_if_excluded_10

deny_if_any_1 if not deny_if_excluded_11

deny_if_any_1 if not deny_if_excluded_12

deny_if_any_1 if not deny_if_excluded_13

deny_if_any_1 if not deny_if_excluded_14

deny_if_any_1 if not deny_if_excluded_15

deny_if_any_1 if not deny_if_excluded_16

deny_if_any_1 if not deny_if_excluded_17

deny_if_any_1 if not deny_if_excluded_18

deny_if_any_1 if not deny_if_excluded_19

deny_if_any_1 if not deny_if_excluded_20

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

# payload.x == 16: definitely false
default deny_if_excluded_9 := false

deny_if_excluded_9 if as_number(input.action.payload.x) != 160000

# payload.x == 18: definitely false
default deny_if_excluded_10 := false

deny_if_excluded_10 if as_number(input.action.payload.x) != 180000

# payload.x == 20: definitely false
default deny_if_excluded_11 := false

deny_if_excluded_11 if as_number(input.action.payload.x) != 200000

# payload.x == 22: definitely false
default deny_if_excluded_12 := false

deny_if_excluded_12 if as_number(input.action.payload.x) != 220000

# payload.x == 24: definitely false
default deny_if_excluded_13 := false

deny_if_excluded_13 if as_number(input.action.payload.x) != 240000

# payload.x == 26: definitely false
default deny_if_excluded_14 := false

deny_if_excluded_14 if as_number(input.action.payload.x) != 260000

# payload.x == 28: definitely false
default deny_if_excluded_15 := false

deny_if_excluded_15 if as_number(input.action.payload.x) != 280000

# payload.x == 30: definitely false
default deny_if_excluded_16 := false

deny_if_excluded_16 if as_number(input.action.payload.x) != 300000

# payload.x == 32: definitely false
default deny_if_excluded_17 := false

deny_if_excluded_17 if as_number(input.action.payload.x) != 320000

# payload.x == 34: definitely false
default deny_if_excluded_18 := false

deny_if_excluded_18 if as_number(input.action.payload.x) != 340000

# payload.x == 36: definitely false
default deny_if_excluded_19 := false

deny_if_excluded_19 if as_number(input.action.payload.x) != 360000

# payload.x == 38: definitely false
default deny_if_excluded_20 := false

deny_if_excluded_20 if as_number(input.action.payload.x) != 380000

# What each rule asks for if it fires.
duties := {}

