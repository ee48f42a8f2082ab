# Policy sha256:6c403eb8281357d3006bbb5c5c354f1e7b46db39fb9b981ce441e727113071a0, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:6c403eb8281357d3006bbb5c5c354f1e7b46db39fb9b981ce441e727113071a0",
}

policy_version := "sha256:6c403eb8281357d3006bbb5c5c354f1e7b46db39fb9b981ce441e727113071a0"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "*"
grants contains "allow-if" if {
	input.action.tool == "ask"
	is_string(as_path(input.action.payload.p))
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "*"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches "*": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not is_string(value_1)
}

# What each rule asks for if it fires.
duties := {}

