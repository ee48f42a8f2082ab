# Policy sha256:9bec9a268b532b631ea671a90711a2690e10df4df45c938e6f51f9e8db3bd665, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:9bec9a268b532b631ea671a90711a2690e10df4df45c938e6f51f9e8db3bd665",
}

policy_version := "sha256:9bec9a268b532b631ea671a90711a2690e10df4df45c938e6f51f9e8db3bd665"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when count(payload.l) == 2 and all payload.l like "a*" and not any payload.l in ["ab"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	count(as_strings(input.action.payload.l)) == 2
	list_2 := as_strings(input.action.payload.l)
	count(list_2) > 0
	every item_1 in list_2 {
		startswith(item_1, "a")
	}
	as_strings(input.action.payload.l)
	not allow_if_confirmed_1
}

# any payload.l in ["ab"]: definitely true
default allow_if_confirmed_1 := false

allow_if_confirmed_1 if {
	some item_3 in as_strings(input.action.payload.l)
	item_3 == "ab"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when count(payload.l) == 2 and all payload.l like "a*" and not any payload.l in ["ab"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
	not deny_if_excluded_2
	not deny_if_confirmed_2
}

# count(payload.l) == 2: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if count(as_strings(input.action.payload.l)) != 2

# all payload.l like "a*": definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	list_2 := as_strings(input.action.payload.l)
	count(list_2) > 0
	every item_1 in list_2 {
		startswith(item_1, "a")
	}
}

# all payload.l like "a*": definitely false
default deny_if_excluded_2 := false

deny_if_excluded_2 if {
	as_strings(input.action.payload.l)
	not deny_if_confirmed_1
}

# any payload.l in ["ab"]: definitely true
default deny_if_confirmed_2 := false

deny_if_confirmed_2 if {
	some item_3 in as_strings(input.action.payload.l)
	item_3 == "ab"
}

# What each rule asks for if it fires.
duties := {}

