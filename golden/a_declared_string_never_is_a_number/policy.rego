# Policy sha256:b7694f8427730f24cc27310b4d24a8562b1ef3e70c45944555ffbe087dc3f786, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:b7694f8427730f24cc27310b4d24a8562b1ef3e70c45944555ffbe087dc3f786",
}

policy_version := "sha256:b7694f8427730f24cc27310b4d24a8562b1ef3e70c45944555ffbe087dc3f786"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when payload.x == "5"
grants contains "allow-if" if {
	input.action.tool == "ask"
	input.action.payload.x == "5"
}

# deny deny-if (policy.yml:13)
# match tool: "act"
# when payload.x == "5"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x == "5": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_string(input.action.payload.x) != "5"

# What each rule asks for if it fires.
duties := {}

