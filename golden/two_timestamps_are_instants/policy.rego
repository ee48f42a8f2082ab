# Policy sha256:9fca87a0ad3bd2e8c6fab0feb1641024b731f1f018254d7b63de94a9ff2dee86, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:9fca87a0ad3bd2e8c6fab0feb1641024b731f1f018254d7b63de94a9ff2dee86",
}

policy_version := "sha256:9fca87a0ad3bd2e8c6fab0feb1641024b731f1f018254d7b63de94a9ff2dee86"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when payload.due <= time
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_instant(input.action.payload.due) <= as_instant(input.action.time)
}

# deny deny-if (policy.yml:13)
# match tool: "act"
# when payload.due <= time
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.due <= time: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_instant(input.action.payload.due) > as_instant(input.action.time)

# What each rule asks for if it fires.
duties := {}

