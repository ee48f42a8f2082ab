# Policy sha256:ea630f69455c7b145af44600b5f3119b3990316a594d41d4877b33de6edbf0a9, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:ea630f69455c7b145af44600b5f3119b3990316a594d41d4877b33de6edbf0a9",
}

policy_version := "sha256:ea630f69455c7b145af44600b5f3119b3990316a594d41d4877b33de6edbf0a9"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x like ["\"*\"", "a\\\\*", "\n*\n", "\u0000*", "%*%", "*$x"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	allow_if_pattern_1(as_string(input.action.payload.x))
}

# one of 6 patterns
default allow_if_pattern_1(_) := false

allow_if_pattern_1(text) if regex.match(`(?s)\A".*"\z`, text)

allow_if_pattern_1(text) if startswith(text, "a\\")

allow_if_pattern_1(text) if regex.match(`(?s)\A\x{a}.*\x{a}\z`, text)

allow_if_pattern_1(text) if startswith(text, "\u0000")

allow_if_pattern_1(text) if regex.match(`(?s)\A%.*%\z`, text)

allow_if_pattern_1(text) if endswith(text, "$x")

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x like ["\"*\"", "a\\\\*", "\n*\n", "\u0000*", "%*%", "*$x"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# one of 6 patterns
default deny_if_pattern_1(_) := false

deny_if_pattern_1(text) if regex.match(`(?s)\A".*"\z`, text)

deny_if_pattern_1(text) if startswith(text, "a\\")

deny_if_pattern_1(text) if regex.match(`(?s)\A\x{a}.*\x{a}\z`, text)

deny_if_pattern_1(text) if startswith(text, "\u0000")

deny_if_pattern_1(text) if regex.match(`(?s)\A%.*%\z`, text)

deny_if_pattern_1(text) if endswith(text, "$x")

# payload.x like ["\"*\"", "a\\\\*", "\n*\n", "\u0000*", "%*%", "*$x"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_string(input.action.payload.x)
	not deny_if_pattern_1(value_1)
}

# What each rule asks for if it fires.
duties := {}

