# Policy sha256:9527ca4458f07a25547b05be80829a47f32fecdcfa0fa2c141b501b083ff98cc, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:9527ca4458f07a25547b05be80829a47f32fecdcfa0fa2c141b501b083ff98cc",
}

policy_version := "sha256:9527ca4458f07a25547b05be80829a47f32fecdcfa0fa2c141b501b083ff98cc"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches ["a/c", "a/d/e", "b/c", "b/d/e"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_path(input.action.payload.p) in {"a/c", "a/d/e", "b/c", "b/d/e"}
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches ["a/c", "a/d/e", "b/c", "b/d/e"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches ["a/c", "a/d/e", "b/c", "b/d/e"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not value_1 in {"a/c", "a/d/e", "b/c", "b/d/e"}
}

# What each rule asks for if it fires.
duties := {}

