# Policy sha256:71e443cf27adc4f11ed2509a322076c4f1ab735edd948b1af6783a0ce325c50c, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:71e443cf27adc4f11ed2509a322076c4f1ab735edd948b1af6783a0ce325c50c",
}

policy_version := "sha256:71e443cf27adc4f11ed2509a322076c4f1ab735edd948b1af6783a0ce325c50c"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "infra/prod/"
grants contains "allow-if" if {
	input.action.tool == "ask"
	startswith(as_path(input.action.payload.p), "infra/prod/")
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "infra/prod/"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches "infra/prod/": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not startswith(value_1, "infra/prod/")
}

# What each rule asks for if it fires.
duties := {}

