# Policy sha256:2ca4f0e761b1241e0dad398fa61d4e60379ec7f3137ca079ac78e6a5a356b991, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:2ca4f0e761b1241e0dad398fa61d4e60379ec7f3137ca079ac78e6a5a356b991",
}

policy_version := "sha256:2ca4f0e761b1241e0dad398fa61d4e60379ec7f3137ca079ac78e6a5a356b991"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x like ["a*", "*z", "=*="]
grants contains "allow-if" if {
	input.action.tool == "ask"
	allow_if_pattern_1(as_string(input.action.payload.x))
}

# one of 3 patterns
default allow_if_pattern_1(_) := false

allow_if_pattern_1(text) if startswith(text, "a")

allow_if_pattern_1(text) if endswith(text, "z")

allow_if_pattern_1(text) if regex.match(`(?s)\A=.*=\z`, text)

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x like ["a*", "*z", "=*="]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# one of 3 patterns
default deny_if_pattern_1(_) := false

deny_if_pattern_1(text) if startswith(text, "a")

deny_if_pattern_1(text) if endswith(text, "z")

deny_if_pattern_1(text) if regex.match(`(?s)\A=.*=\z`, text)

# payload.x like ["a*", "*z", "=*="]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_string(input.action.payload.x)
	not deny_if_pattern_1(value_1)
}

# What each rule asks for if it fires.
duties := {}

