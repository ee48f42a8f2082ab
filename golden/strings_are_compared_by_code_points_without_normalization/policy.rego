# Policy sha256:ac64f0eb11522ed3241c1c4d7f47ebc27d4ac017a90e5e2c4c65562f2a37c78e, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:ac64f0eb11522ed3241c1c4d7f47ebc27d4ac017a90e5e2c4c65562f2a37c78e",
}

policy_version := "sha256:ac64f0eb11522ed3241c1c4d7f47ebc27d4ac017a90e5e2c4c65562f2a37c78e"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x == "caf\u00e9"
grants contains "allow-if" if {
	input.action.tool == "ask"
	input.action.payload.x == "caf\u00e9"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x == "caf\u00e9"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x == "caf\u00e9": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_string(input.action.payload.x) != "caf\u00e9"

# What each rule asks for if it fires.
duties := {}

