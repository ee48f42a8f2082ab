# Policy sha256:fed7ecfb6da603fae1f118eeffb1f8a5d6983fe67d8df83d477ee2be844cc80b, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:fed7ecfb6da603fae1f118eeffb1f8a5d6983fe67d8df83d477ee2be844cc80b",
}

policy_version := "sha256:fed7ecfb6da603fae1f118eeffb1f8a5d6983fe67d8df83d477ee2be844cc80b"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not payload.x == "main"
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_string(input.action.payload.x) != "main"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not payload.x == "main"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_confirmed_1
}

# payload.x == "main": definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if input.action.payload.x == "main"

# What each rule asks for if it fires.
duties := {}

