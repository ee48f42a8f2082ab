# Policy sha256:9254ffdee7f8997aae29a595e23b3eb2f3c499da0ba22c2aa6a4bb7f3e28b9a5, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:9254ffdee7f8997aae29a595e23b3eb2f3c499da0ba22c2aa6a4bb7f3e28b9a5",
}

policy_version := "sha256:9254ffdee7f8997aae29a595e23b3eb2f3c499da0ba22c2aa6a4bb7f3e28b9a5"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p like "ab*ba"
grants contains "allow-if" if {
	input.action.tool == "ask"
	regex.match(`(?s)\Aab.*ba\z`, as_string(input.action.payload.p))
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p like "ab*ba"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p like "ab*ba": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_string(input.action.payload.p)
	not regex.match(`(?s)\Aab.*ba\z`, value_1)
}

# What each rule asks for if it fires.
duties := {}

