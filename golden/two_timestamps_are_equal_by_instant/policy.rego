# Policy sha256:44bd820370dfbf5ffd0b94c2f9895d9379770fdae24d327b839613026136629b, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:44bd820370dfbf5ffd0b94c2f9895d9379770fdae24d327b839613026136629b",
}

policy_version := "sha256:44bd820370dfbf5ffd0b94c2f9895d9379770fdae24d327b839613026136629b"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when payload.a == payload.b
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_instant(input.action.payload.a) == as_instant(input.action.payload.b)
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

deny_if_excluded_1 if as_instant(input.action.payload.a) != as_instant(input.action.payload.b)

# What each rule asks for if it fires.
duties := {}

