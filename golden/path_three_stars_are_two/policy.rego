# Policy sha256:1488e607338abe9a7fd36b3c69e2bb09bb26116db2d4dffdfe32d64e01a0743d, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:1488e607338abe9a7fd36b3c69e2bb09bb26116db2d4dffdfe32d64e01a0743d",
}

policy_version := "sha256:1488e607338abe9a7fd36b3c69e2bb09bb26116db2d4dffdfe32d64e01a0743d"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "a/***/b"
grants contains "allow-if" if {
	input.action.tool == "ask"
	regex.match(`(?s)\Aa/(?:.*/)?b\z`, as_path(input.action.payload.p))
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "a/***/b"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches "a/***/b": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not regex.match(`(?s)\Aa/(?:.*/)?b\z`, value_1)
}

# What each rule asks for if it fires.
duties := {}

