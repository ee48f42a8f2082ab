# Policy sha256:77ef1c8d3e28289a10590db5217442d4a51782c1520d59147c6f1e60c7b93dc8, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:77ef1c8d3e28289a10590db5217442d4a51782c1520d59147c6f1e60c7b93dc8",
}

policy_version := "sha256:77ef1c8d3e28289a10590db5217442d4a51782c1520d59147c6f1e60c7b93dc8"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when count(payload.x) == 2
grants contains "allow-if" if {
	input.action.tool == "ask"
	count(as_strings(input.action.payload.x)) == 2
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when count(payload.x) == 2
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# count(payload.x) == 2: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if count(as_strings(input.action.payload.x)) != 2

# What each rule asks for if it fires.
duties := {}

