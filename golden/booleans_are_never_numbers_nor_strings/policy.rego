# Policy sha256:2287afd7dc6ac2ccf3e377020fcbce4d84ea0d1d23a537bafd78102ae590ff59, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:2287afd7dc6ac2ccf3e377020fcbce4d84ea0d1d23a537bafd78102ae590ff59",
}

policy_version := "sha256:2287afd7dc6ac2ccf3e377020fcbce4d84ea0d1d23a537bafd78102ae590ff59"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x == true
grants contains "allow-if" if {
	input.action.tool == "ask"
	input.action.payload.x == true
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x == true
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x == true: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_boolean(input.action.payload.x) != true

# What each rule asks for if it fires.
duties := {}

