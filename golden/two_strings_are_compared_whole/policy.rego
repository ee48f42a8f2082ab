# Policy sha256:39c07bbe60f93565f1769fdceae3cbeaa3784e9eb46ff8349afe56b2af6e3fcc, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:39c07bbe60f93565f1769fdceae3cbeaa3784e9eb46ff8349afe56b2af6e3fcc",
}

policy_version := "sha256:39c07bbe60f93565f1769fdceae3cbeaa3784e9eb46ff8349afe56b2af6e3fcc"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not payload.author == actor.owner
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_string(input.action.payload.author) != as_string(input.action.actor.owner)
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not payload.author == actor.owner
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_confirmed_1
}

# payload.author == actor.owner: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if as_string(input.action.payload.author) == as_string(input.action.actor.owner)

# What each rule asks for if it fires.
duties := {}

