# Policy sha256:14efff62d7e4576af87768f36a3be780bd079182aecb4cd5dfd73f435288f226, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:14efff62d7e4576af87768f36a3be780bd079182aecb4cd5dfd73f435288f226",
}

policy_version := "sha256:14efff62d7e4576af87768f36a3be780bd079182aecb4cd5dfd73f435288f226"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when any payload.labels in ["ops"] or count(payload.labels) > 2
grants contains "allow-if" if {
	input.action.tool == "ask"
	allow_if_any_1
}

allow_if_any_1 if {
	some item_1 in as_strings(input.action.payload.labels)
	item_1 == "ops"
}

allow_if_any_1 if count(as_strings(input.action.payload.labels)) > 2

# deny deny-if (policy.yml:13)
# match tool: "act"
# when any payload.labels in ["ops"] or count(payload.labels) > 2
denies contains "deny-if" if {
	input.action.tool == "act"
	deny_if_any_1
}

deny_if_any_1 if not deny_if_excluded_1

deny_if_any_1 if not deny_if_excluded_2

# any payload.labels in ["ops"]: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	some item_1 in as_strings(input.action.payload.labels)
	item_1 == "ops"
}

# any payload.labels in ["ops"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	as_strings(input.action.payload.labels)
	not deny_if_confirmed_1
}

# count(payload.labels) > 2: definitely false
default deny_if_excluded_2 := false

deny_if_excluded_2 if count(as_strings(input.action.payload.labels)) <= 2

# What each rule asks for if it fires.
duties := {}

