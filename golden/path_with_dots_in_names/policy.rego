# Policy sha256:d8625862459d7e0043f874eb5ed8003fb35a89a5907b347696d4ae9f62cfd2d2, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:d8625862459d7e0043f874eb5ed8003fb35a89a5907b347696d4ae9f62cfd2d2",
}

policy_version := "sha256:d8625862459d7e0043f874eb5ed8003fb35a89a5907b347696d4ae9f62cfd2d2"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches "a/..b/...c/.d"
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_path(input.action.payload.p) == "a/..b/...c/.d"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches "a/..b/...c/.d"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches "a/..b/...c/.d": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_path(input.action.payload.p) != "a/..b/...c/.d"

# What each rule asks for if it fires.
duties := {}

