# Policy sha256:24e5eef238130ecde8d417bbfe293c0e266a2a943038b3ee8d5fcc82bd2a2bc6, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:24e5eef238130ecde8d417bbfe293c0e266a2a943038b3ee8d5fcc82bd2a2bc6",
}

policy_version := "sha256:24e5eef238130ecde8d417bbfe293c0e266a2a943038b3ee8d5fcc82bd2a2bc6"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "x/a**b"
grants contains "allow-if" if {
	input.action.tool == "ask"
	regex.match(`(?s)\Ax/a.*b\z`, as_path(input.action.payload.p))
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "x/a**b"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches "x/a**b": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not regex.match(`(?s)\Ax/a.*b\z`, value_1)
}

# What each rule asks for if it fires.
duties := {}

