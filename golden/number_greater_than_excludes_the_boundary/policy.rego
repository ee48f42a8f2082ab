# Policy sha256:1623c2fe5a97e46c91741c7c729dbe73a41abcd44666e4e70592bb01c77a590a, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:1623c2fe5a97e46c91741c7c729dbe73a41abcd44666e4e70592bb01c77a590a",
}

policy_version := "sha256:1623c2fe5a97e46c91741c7c729dbe73a41abcd44666e4e70592bb01c77a590a"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x > -0.5
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_number(input.action.payload.x) > -5000
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x > -0.5
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x > -0.5: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_number(input.action.payload.x) <= -5000

# What each rule asks for if it fires.
duties := {}

