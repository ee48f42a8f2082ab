# Policy sha256:ae7ed27bbbc5dca9faf93535262b6fc7bdcef654822ddb3ccb6188437a67d9d6, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:ae7ed27bbbc5dca9faf93535262b6fc7bdcef654822ddb3ccb6188437a67d9d6",
}

policy_version := "sha256:ae7ed27bbbc5dca9faf93535262b6fc7bdcef654822ddb3ccb6188437a67d9d6"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x in ["say \"hi\"", "a\\b", "line\nbreak", "tab\t", "\u0000", "\u2028", "${x}", "`", "//", "\ud83d\udd12"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	input.action.payload.x in {"say \"hi\"", "a\\b", "line\nbreak", "tab\t", "\u0000", "\u2028", "${x}", "`", "//", "\ud83d\udd12"}
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x in ["say \"hi\"", "a\\b", "line\nbreak", "tab\t", "\u0000", "\u2028", "${x}", "`", "//", "\ud83d\udd12"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x in ["say \"hi\"", "a\\b", "line\nbreak", "tab\t", "\u0000", "\u2028", "${x}", "`", "//", "\ud83d\udd12"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_string(input.action.payload.x)
	not value_1 in {"say \"hi\"", "a\\b", "line\nbreak", "tab\t", "\u0000", "\u2028", "${x}", "`", "//", "\ud83d\udd12"}
}

# What each rule asks for if it fires.
duties := {}

