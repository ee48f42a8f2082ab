# Policy sha256:cab6386880ec9373d13e0fa2f876b47d066b3e309d50a98b858bdc1e69c9e2ac, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:cab6386880ec9373d13e0fa2f876b47d066b3e309d50a98b858bdc1e69c9e2ac",
}

policy_version := "sha256:cab6386880ec9373d13e0fa2f876b47d066b3e309d50a98b858bdc1e69c9e2ac"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when all paths matches ["docs/**", "*.md"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	list_2 := as_paths(input.action.paths)
	count(list_2) > 0
	every item_1 in list_2 {
		allow_if_pattern_1(item_1)
	}
}

# one of 2 patterns
default allow_if_pattern_1(_) := false

allow_if_pattern_1(text) if startswith(text, "docs/")

allow_if_pattern_1(text) if endswith(text, ".md")

# deny deny-if (policy.yml:10)
# match tool: "act"
# when all paths matches ["docs/**", "*.md"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# one of 2 patterns
default deny_if_pattern_1(_) := false

deny_if_pattern_1(text) if startswith(text, "docs/")

deny_if_pattern_1(text) if endswith(text, ".md")

# all paths matches ["docs/**", "*.md"]: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	list_2 := as_paths(input.action.paths)
	count(list_2) > 0
	every item_1 in list_2 {
		deny_if_pattern_1(item_1)
	}
}

# all paths matches ["docs/**", "*.md"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	as_paths(input.action.paths)
	not deny_if_confirmed_1
}

# What each rule asks for if it fires.
duties := {}

