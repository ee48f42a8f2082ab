# Policy sha256:4022da5570b9804dbb93937fb153b3746407f877ffe1ecfc7db60636a507bb60, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:4022da5570b9804dbb93937fb153b3746407f877ffe1ecfc7db60636a507bb60",
}

policy_version := "sha256:4022da5570b9804dbb93937fb153b3746407f877ffe1ecfc7db60636a507bb60"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches ["*.pem", "keys/*", "/top"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	allow_if_pattern_1(as_path(input.action.payload.p))
}

# one of 3 patterns
default allow_if_pattern_1(_) := false

allow_if_pattern_1(text) if endswith(text, ".pem")

allow_if_pattern_1(text) if regex.match(`(?s)\Akeys/[^/]*\z`, text)

allow_if_pattern_1(text) if text == "top"

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches ["*.pem", "keys/*", "/top"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# one of 3 patterns
default deny_if_pattern_1(_) := false

deny_if_pattern_1(text) if endswith(text, ".pem")

deny_if_pattern_1(text) if regex.match(`(?s)\Akeys/[^/]*\z`, text)

deny_if_pattern_1(text) if text == "top"

# payload.p matches ["*.pem", "keys/*", "/top"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not deny_if_pattern_1(value_1)
}

# What each rule asks for if it fires.
duties := {}

