# Policy sha256:f205700ed1bbf021bc31b5ae8df0ee27f771b99b6cd6c3bf1daca6f6abcb2a84, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:f205700ed1bbf021bc31b5ae8df0ee27f771b99b6cd6c3bf1daca6f6abcb2a84",
}

policy_version := "sha256:f205700ed1bbf021bc31b5ae8df0ee27f771b99b6cd6c3bf1daca6f6abcb2a84"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when any paths matches "secrets/"
grants contains "allow-if" if {
	input.action.tool == "ask"
	some item_1 in as_paths(input.action.paths)
	regex.match(`(?s)\A(?:.*/)?secrets/.*\z`, item_1)
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when any paths matches "secrets/"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# any paths matches "secrets/": definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	some item_1 in as_paths(input.action.paths)
	regex.match(`(?s)\A(?:.*/)?secrets/.*\z`, item_1)
}

# any paths matches "secrets/": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	as_paths(input.action.paths)
	not deny_if_confirmed_1
}

# What each rule asks for if it fires.
duties := {}

