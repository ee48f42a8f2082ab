# Policy sha256:57234c2e96fe818e54ea667d5c4cab46927e56ea9f5eeb5bbd0dc9fb33e604dc, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:57234c2e96fe818e54ea667d5c4cab46927e56ea9f5eeb5bbd0dc9fb33e604dc",
}

policy_version := "sha256:57234c2e96fe818e54ea667d5c4cab46927e56ea9f5eeb5bbd0dc9fb33e604dc"

holds := set()

# allow all (policy.yml:3)
# match tool: "*"
grants contains "all"

# deny not-these (policy.yml:6)
# match tool: ["shell.*", "admin"]
denies contains "not-these" if not_these_pattern_1(tool)

# one of 2 patterns
default not_these_pattern_1(_) := false

not_these_pattern_1(text) if startswith(text, "shell.")

not_these_pattern_1(text) if text == "admin"

# What each rule asks for if it fires.
duties := {}

