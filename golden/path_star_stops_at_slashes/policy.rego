# Policy sha256:9ce17f73ae29dfadae0a35c92b4baa16818a5e4481c45d30443eb3c99e7f3e1e, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:9ce17f73ae29dfadae0a35c92b4baa16818a5e4481c45d30443eb3c99e7f3e1e",
}

policy_version := "sha256:9ce17f73ae29dfadae0a35c92b4baa16818a5e4481c45d30443eb3c99e7f3e1e"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "src/*.py"
grants contains "allow-if" if {
	input.action.tool == "ask"
	regex.match(`(?s)\Asrc/[^/]*\.py\z`, as_path(input.action.payload.p))
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "src/*.py"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches "src/*.py": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not regex.match(`(?s)\Asrc/[^/]*\.py\z`, value_1)
}

# What each rule asks for if it fires.
duties := {}

