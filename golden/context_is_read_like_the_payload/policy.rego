# Policy sha256:c2373d4df17a27b1d05d6922060a727903615c103ba90eb794c8798fb0158a8c, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:c2373d4df17a27b1d05d6922060a727903615c103ba90eb794c8798fb0158a8c",
}

policy_version := "sha256:c2373d4df17a27b1d05d6922060a727903615c103ba90eb794c8798fb0158a8c"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when context.source == "proxy"
grants contains "allow-if" if {
	input.action.tool == "ask"
	input.action.context.source == "proxy"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when context.source == "proxy"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# context.source == "proxy": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_string(input.action.context.source) != "proxy"

# What each rule asks for if it fires.
duties := {}

