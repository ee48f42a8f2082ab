# Policy sha256:42f89861d12f4cf7f024c2536579ca3316c52f1415bf4cc01445e7199df624ed, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:42f89861d12f4cf7f024c2536579ca3316c52f1415bf4cc01445e7199df624ed",
}

policy_version := "sha256:42f89861d12f4cf7f024c2536579ca3316c52f1415bf4cc01445e7199df624ed"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not payload.x == 0 and not payload.x == 1 and not payload.x == 2 and not payload.x == 3 and not payload.x == 4 and not payload.x == 5 and not payload.x == 6
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_number(input.action.payload.x) != 0
	as_number(input.action.payload.x) != 10000
	as_number(input.action.payload.x) != 20000
	as_number(input.action.payload.x) != 30000
	as_number(input.action.payload.x) != 40000
	as_number(input.action.payload.x) != 50000
	as_number(input.action.payload.x) != 60000
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not payload.x == 0 and not payload.x == 1 and not payload.x == 2 and not payload.x == 3 and not payload.x == 4 and not payload.x == 5 and not payload.x == 6
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_confirmed_1
	not deny_if_confirmed_2
	not deny_if_confirmed_3
	not deny_if_confirmed_4
	not deny_if_confirmed_5
	not deny_if_confirmed_6
	not deny_if_confirmed_7
}

# payload.x == 0: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if as_number(input.action.payload.x) == 0

# payload.x == 1: definitely true
default deny_if_confirmed_2 := false

deny_if_confirmed_2 if as_number(input.action.payload.x) == 10000

# payload.x == 2: definitely true
default deny_if_confirmed_3 := false

deny_if_confirmed_3 if as_number(input.action.payload.x) == 20000

# payload.x == 3: definitely true
default deny_if_confirmed_4 := false

deny_if_confirmed_4 if as_number(input.action.payload.x) == 30000

# payload.x == 4: definitely true
default deny_if_confirmed_5 := false

deny_if_confirmed_5 if as_number(input.action.payload.x) == 40000

# payload.x == 5: definitely true
default deny_if_confirmed_6 := false

deny_if_confirmed_6 if as_number(input.action.payload.x) == 50000

# payload.x == 6: definitely true
default deny_if_confirmed_7 := false

deny_if_confirmed_7 if as_number(input.action.payload.x) == 60000

# What each rule asks for if it fires.
duties := {}

