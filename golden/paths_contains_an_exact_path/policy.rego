# Policy sha256:5ea4aa9815348135956e27be28ffd10df8928cd590861e6ab25d1ef5f657524b, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:5ea4aa9815348135956e27be28ffd10df8928cd590861e6ab25d1ef5f657524b",
}

policy_version := "sha256:5ea4aa9815348135956e27be28ffd10df8928cd590861e6ab25d1ef5f657524b"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when any paths in ["a/b"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	some item_1 in as_paths(input.action.paths)
	item_1 == "a/b"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when any paths in ["a/b"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# any paths in ["a/b"]: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	some item_1 in as_paths(input.action.paths)
	item_1 == "a/b"
}

# any paths in ["a/b"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	as_paths(input.action.paths)
	not deny_if_confirmed_1
}

# What each rule asks for if it fires.
duties := {}

