# Policy sha256:e7475b28b5d7feff44216cd5b5fc049c5f4911a59556bfa6b37c61b38a6b5d0f, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:e7475b28b5d7feff44216cd5b5fc049c5f4911a59556bfa6b37c61b38a6b5d0f",
}

policy_version := "sha256:e7475b28b5d7feff44216cd5b5fc049c5f4911a59556bfa6b37c61b38a6b5d0f"

holds := set()

# allow it (policy.yml:3)
# match tool: ["say \"hi\"", "a\\\\b", "x\ny", "other tool", "\u00fcn\u00ef.\ud83d\udd12"], resource: "r\"**"
grants contains "it" if {
	input.action.tool in {"say \"hi\"", "a\\b", "x\ny", "other tool", "\u00fcn\u00ef.\ud83d\udd12"}
	startswith(resource, "r\"")
}

# deny it-not (policy.yml:6)
# match tool: "*\n*"
# when payload.x == "a"
denies contains "it-not" if {
	contains(tool, "\n")
	not it_not_excluded_1
}

# payload.x == "a": definitely false
default it_not_excluded_1 := false

it_not_excluded_1 if as_string(input.action.payload.x) != "a"

# What each rule asks for if it fires.
duties := {}

