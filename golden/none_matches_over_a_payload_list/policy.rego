# Policy sha256:f22dad650da60bf762f5c6db3b12959b82ca6df1a7a803ff8a17e9140c3017d9, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:f22dad650da60bf762f5c6db3b12959b82ca6df1a7a803ff8a17e9140c3017d9",
}

policy_version := "sha256:f22dad650da60bf762f5c6db3b12959b82ca6df1a7a803ff8a17e9140c3017d9"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not any payload.x matches "*.pem"
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_paths(input.action.payload.x)
	not allow_if_confirmed_1
}

# any payload.x matches "*.pem": definitely true
default allow_if_confirmed_1 := false

allow_if_confirmed_1 if {
	some item_1 in as_paths(input.action.payload.x)
	endswith(item_1, ".pem")
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not any payload.x matches "*.pem"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_confirmed_1
}

# any payload.x matches "*.pem": definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if {
	some item_1 in as_paths(input.action.payload.x)
	endswith(item_1, ".pem")
}

# What each rule asks for if it fires.
duties := {}

