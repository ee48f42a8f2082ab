# Policy sha256:6a52d6b405e3709eeaca8dabbcfbac2c4f0d65f421f5fd8c377c67fa40c1a8e3, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:6a52d6b405e3709eeaca8dabbcfbac2c4f0d65f421f5fd8c377c67fa40c1a8e3",
}

policy_version := "sha256:6a52d6b405e3709eeaca8dabbcfbac2c4f0d65f421f5fd8c377c67fa40c1a8e3"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p like "a.b+c(d|e)^$[x]*"
grants contains "allow-if" if {
	input.action.tool == "ask"
	startswith(as_string(input.action.payload.p), "a.b+c(d|e)^$[x]")
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p like "a.b+c(d|e)^$[x]*"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p like "a.b+c(d|e)^$[x]*": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_string(input.action.payload.p)
	not startswith(value_1, "a.b+c(d|e)^$[x]")
}

# What each rule asks for if it fires.
duties := {}

