# Policy sha256:b720539c14c32d05937699634ed9f99f4dfbd421ddbd9fe89504099cc49d3c06, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:b720539c14c32d05937699634ed9f99f4dfbd421ddbd9fe89504099cc49d3c06",
}

policy_version := "sha256:b720539c14c32d05937699634ed9f99f4dfbd421ddbd9fe89504099cc49d3c06"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when has payload.a.b
grants contains "allow-if" if {
	input.action.tool == "ask"
	has_key(input.action.payload.a, "b")
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when has payload.a.b
denies contains "deny-if" if {
	input.action.tool == "act"
	has_key(input.action.payload.a, "b")
}

# What each rule asks for if it fires.
duties := {}

