# Policy sha256:3c85da396d04c1f0fa850bc820ad3df01742b741e74e4e79a60bc7597bf193cd, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:3c85da396d04c1f0fa850bc820ad3df01742b741e74e4e79a60bc7597bf193cd",
}

policy_version := "sha256:3c85da396d04c1f0fa850bc820ad3df01742b741e74e4e79a60bc7597bf193cd"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x like "feat/*-x"
grants contains "allow-if" if {
	input.action.tool == "ask"
	regex.match(`(?s)\Afeat/.*-x\z`, as_string(input.action.payload.x))
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x like "feat/*-x"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x like "feat/*-x": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_string(input.action.payload.x)
	not regex.match(`(?s)\Afeat/.*-x\z`, value_1)
}

# What each rule asks for if it fires.
duties := {}

