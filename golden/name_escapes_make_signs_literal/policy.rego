# Policy sha256:433df5934550a24626aeed4529461f431dfbd6501e457bedbef391113bb5f575, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:433df5934550a24626aeed4529461f431dfbd6501e457bedbef391113bb5f575",
}

policy_version := "sha256:433df5934550a24626aeed4529461f431dfbd6501e457bedbef391113bb5f575"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p like "\\*\\{\\},\\\\@?"
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_string(input.action.payload.p) == "*{},\\@?"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p like "\\*\\{\\},\\\\@?"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p like "\\*\\{\\},\\\\@?": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_string(input.action.payload.p) != "*{},\\@?"

# What each rule asks for if it fires.
duties := {}

