# Policy sha256:a8dec85d695b3564d1f58f2b1cea5e0739557678047996b93f0205ce14d6ac22, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:a8dec85d695b3564d1f58f2b1cea5e0739557678047996b93f0205ce14d6ac22",
}

policy_version := "sha256:a8dec85d695b3564d1f58f2b1cea5e0739557678047996b93f0205ce14d6ac22"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not has context.ticket
grants contains "allow-if" if {
	input.action.tool == "ask"
	not allow_if_confirmed_1
}

# has context.ticket: definitely true
default allow_if_confirmed_1 := false

allow_if_confirmed_1 if has_key(input.action.context, "ticket")

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not has context.ticket
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_confirmed_1
}

# has context.ticket: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if has_key(input.action.context, "ticket")

# What each rule asks for if it fires.
duties := {}

