# Policy sha256:19a2f4a991b99a2422b8a5adcbb9fd397ef0019e07d2571970305970b74c7844, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:19a2f4a991b99a2422b8a5adcbb9fd397ef0019e07d2571970305970b74c7844",
}

policy_version := "sha256:19a2f4a991b99a2422b8a5adcbb9fd397ef0019e07d2571970305970b74c7844"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "src/\\*\\{a,b\\}"
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_path(input.action.payload.p) == "src/*{a,b}"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "src/\\*\\{a,b\\}"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches "src/\\*\\{a,b\\}": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_path(input.action.payload.p) != "src/*{a,b}"

# What each rule asks for if it fires.
duties := {}

