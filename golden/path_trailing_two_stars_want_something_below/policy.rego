# Policy sha256:d2b670cc132cbaf6a42f3e1ee686b1e318116aae3e5d61595c0b12fce54f4276, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:d2b670cc132cbaf6a42f3e1ee686b1e318116aae3e5d61595c0b12fce54f4276",
}

policy_version := "sha256:d2b670cc132cbaf6a42f3e1ee686b1e318116aae3e5d61595c0b12fce54f4276"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "src/**"
grants contains "allow-if" if {
	input.action.tool == "ask"
	startswith(as_path(input.action.payload.p), "src/")
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "src/**"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches "src/**": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not startswith(value_1, "src/")
}

# What each rule asks for if it fires.
duties := {}

