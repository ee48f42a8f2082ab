# Policy sha256:23bd7c0040788271875aecf14d4fd54f11b98921a6215cb9a545d3e3d31b5595, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:23bd7c0040788271875aecf14d4fd54f11b98921a6215cb9a545d3e3d31b5595",
}

policy_version := "sha256:23bd7c0040788271875aecf14d4fd54f11b98921a6215cb9a545d3e3d31b5595"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when all payload.x in ["a", "b"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	list_2 := as_strings(input.action.payload.x)
	count(list_2) > 0
	every item_1 in list_2 {
		item_1 in {"a", "b"}
	}
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when all payload.x in ["a", "b"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# all payload.x in ["a", "b"]: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	list_2 := as_strings(input.action.payload.x)
	count(list_2) > 0
	every item_1 in list_2 {
		item_1 in {"a", "b"}
	}
}

# all payload.x in ["a", "b"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	as_strings(input.action.payload.x)
	not deny_if_confirmed_1
}

# What each rule asks for if it fires.
duties := {}

