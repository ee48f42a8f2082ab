# Policy sha256:98aa2cc089c730ae0b89c2ff6d1444c9a2ff69881265460eda1c61484708365f, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:98aa2cc089c730ae0b89c2ff6d1444c9a2ff69881265460eda1c61484708365f",
}

policy_version := "sha256:98aa2cc089c730ae0b89c2ff6d1444c9a2ff69881265460eda1c61484708365f"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when payload.a == payload.b
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_boolean(input.action.payload.a) == as_boolean(input.action.payload.b)
}

# deny deny-if (policy.yml:13)
# match tool: "act"
# when payload.a == payload.b
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.a == payload.b: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_boolean(input.action.payload.a) != as_boolean(input.action.payload.b)

# What each rule asks for if it fires.
duties := {}

