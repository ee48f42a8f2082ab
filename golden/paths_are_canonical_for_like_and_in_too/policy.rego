# Policy sha256:60e555d6d44af75f291f776419c4724211cdd94182fb09bf2f84cf32be72f920, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:60e555d6d44af75f291f776419c4724211cdd94182fb09bf2f84cf32be72f920",
}

policy_version := "sha256:60e555d6d44af75f291f776419c4724211cdd94182fb09bf2f84cf32be72f920"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not any paths matches "*.py" and all paths in ["a.md", "b.md", "../c.md"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_paths(input.action.paths)
	not allow_if_confirmed_1
	list_3 := as_paths(input.action.paths)
	count(list_3) > 0
	every item_2 in list_3 {
		item_2 in {"a.md", "b.md", "../c.md"}
	}
}

# any paths matches "*.py": definitely true
default allow_if_confirmed_1 := false

allow_if_confirmed_1 if {
	some item_1 in as_paths(input.action.paths)
	endswith(item_1, ".py")
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not any paths matches "*.py" and all paths in ["a.md", "b.md", "../c.md"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_confirmed_1
	not deny_if_excluded_1
}

# any paths matches "*.py": definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	some item_1 in as_paths(input.action.paths)
	endswith(item_1, ".py")
}

# all paths in ["a.md", "b.md", "../c.md"]: definitely true
default deny_if_confirmed_2 := false

deny_if_confirmed_2 if {
	list_3 := as_paths(input.action.paths)
	count(list_3) > 0
	every item_2 in list_3 {
		item_2 in {"a.md", "b.md", "../c.md"}
	}
}

# all paths in ["a.md", "b.md", "../c.md"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	as_paths(input.action.paths)
	not deny_if_confirmed_2
}

# What each rule asks for if it fires.
duties := {}

