# Policy sha256:8f177ffb109c1cbf53cf366adbdb0c7d22feff8769b10a24dbd3d4cea9be558f, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:8f177ffb109c1cbf53cf366adbdb0c7d22feff8769b10a24dbd3d4cea9be558f",
}

policy_version := "sha256:8f177ffb109c1cbf53cf366adbdb0c7d22feff8769b10a24dbd3d4cea9be558f"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "/build/"
grants contains "allow-if" if {
	input.action.tool == "ask"
	startswith(as_path(input.action.payload.p), "build/")
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "/build/"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches "/build/": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not startswith(value_1, "build/")
}

# What each rule asks for if it fires.
duties := {}

