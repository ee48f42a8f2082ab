# Policy sha256:8f2e846af3680ac0d3ebfc65f3390bb819cd5cd55af0006e6a33d7dcd32fac87, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:8f2e846af3680ac0d3ebfc65f3390bb819cd5cd55af0006e6a33d7dcd32fac87",
}

policy_version := "sha256:8f2e846af3680ac0d3ebfc65f3390bb819cd5cd55af0006e6a33d7dcd32fac87"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "**/test/**/*.py"
grants contains "allow-if" if {
	input.action.tool == "ask"
	allow_if_pattern_1(as_path(input.action.payload.p))
}

# a pattern
default allow_if_pattern_1(_) := false

allow_if_pattern_1(text) if {
	regex.match(`(?s)\A(?:.*/)?test/.*\.py\z`, text)
	inside_workspace(text)
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "**/test/**/*.py"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# a pattern
default deny_if_pattern_1(_) := false

deny_if_pattern_1(text) if {
	regex.match(`(?s)\A(?:.*/)?test/.*\.py\z`, text)
	inside_workspace(text)
}

# payload.p matches "**/test/**/*.py": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not deny_if_pattern_1(value_1)
}

# What each rule asks for if it fires.
duties := {}

