# Policy sha256:476f4185738fadb6db5284c0b1289c59c224ba2b1d8a9f9d10b3f5f3941d11d8, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:476f4185738fadb6db5284c0b1289c59c224ba2b1d8a9f9d10b3f5f3941d11d8",
}

policy_version := "sha256:476f4185738fadb6db5284c0b1289c59c224ba2b1d8a9f9d10b3f5f3941d11d8"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p like "src/"
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_string(input.action.payload.p) == "src/"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p like "src/"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p like "src/": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_string(input.action.payload.p) != "src/"

# What each rule asks for if it fires.
duties := {}

