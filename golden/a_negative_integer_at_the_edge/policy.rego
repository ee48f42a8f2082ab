# Policy sha256:9517920f343ca6e8731fbf5ffa4cfc80e5712a740a58d57d667213542ac05931, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:9517920f343ca6e8731fbf5ffa4cfc80e5712a740a58d57d667213542ac05931",
}

policy_version := "sha256:9517920f343ca6e8731fbf5ffa4cfc80e5712a740a58d57d667213542ac05931"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when payload.x == -9007199254740991
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_integer(input.action.payload.x) == -9007199254740991
}

# deny deny-if (policy.yml:13)
# match tool: "act"
# when payload.x == -9007199254740991
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x == -9007199254740991: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_integer(input.action.payload.x) != -9007199254740991

# What each rule asks for if it fires.
duties := {}

