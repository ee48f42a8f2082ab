# Policy sha256:5c0e7dc3dad649bcfd61a8fd888395371bb4ba0a42dd26f4f9e89416dd1dd296, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:5c0e7dc3dad649bcfd61a8fd888395371bb4ba0a42dd26f4f9e89416dd1dd296",
}

policy_version := "sha256:5c0e7dc3dad649bcfd61a8fd888395371bb4ba0a42dd26f4f9e89416dd1dd296"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "@root/etc/passwd"
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_path(input.action.payload.p) == "@root/etc/passwd"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "@root/etc/passwd"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches "@root/etc/passwd": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_path(input.action.payload.p) != "@root/etc/passwd"

# What each rule asks for if it fires.
duties := {}

