# Policy sha256:37f432a72059f1ebc47b79365fc41e4ef54a4f32ff2e656fa51ba540ff0dc2b7, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:37f432a72059f1ebc47b79365fc41e4ef54a4f32ff2e656fa51ba540ff0dc2b7",
}

policy_version := "sha256:37f432a72059f1ebc47b79365fc41e4ef54a4f32ff2e656fa51ba540ff0dc2b7"

holds := set()

# allow allow-all (policy.yml:10)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:6)
# match tool: "ask"
# when payload.a.n < 2 and payload.a.s == "1"
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_integer(input.action.payload.a.n) < 2
	input.action.payload.a.s == "1"
}

# deny deny-if (policy.yml:13)
# match tool: "act"
# when payload.a.n < 2 and payload.a.s == "1"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
	not deny_if_excluded_2
}

# payload.a.n < 2: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_integer(input.action.payload.a.n) >= 2

# payload.a.s == "1": definitely false
default deny_if_excluded_2 := false

deny_if_excluded_2 if as_string(input.action.payload.a.s) != "1"

# What each rule asks for if it fires.
duties := {}

