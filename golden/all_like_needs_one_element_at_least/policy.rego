# Policy sha256:a3d3486c4648490ee9ca783b84219e817d96f041bae8e3c8abf995d46a984065, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:a3d3486c4648490ee9ca783b84219e817d96f041bae8e3c8abf995d46a984065",
}

policy_version := "sha256:a3d3486c4648490ee9ca783b84219e817d96f041bae8e3c8abf995d46a984065"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when all payload.x like "a*"
grants contains "allow-if" if {
	input.action.tool == "ask"
	list_2 := as_strings(input.action.payload.x)
	count(list_2) > 0
	every item_1 in list_2 {
		startswith(item_1, "a")
	}
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when all payload.x like "a*"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# all payload.x like "a*": definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	list_2 := as_strings(input.action.payload.x)
	count(list_2) > 0
	every item_1 in list_2 {
		startswith(item_1, "a")
	}
}

# all payload.x like "a*": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	as_strings(input.action.payload.x)
	not deny_if_confirmed_1
}

# What each rule asks for if it fires.
duties := {}

