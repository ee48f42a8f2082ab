# Policy sha256:1d101c5af778baa4fb76cc7858618c9797cecd07e9da3afc73178c3ca7389bbd, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:1d101c5af778baa4fb76cc7858618c9797cecd07e9da3afc73178c3ca7389bbd",
}

policy_version := "sha256:1d101c5af778baa4fb76cc7858618c9797cecd07e9da3afc73178c3ca7389bbd"

denies := set()

# allow all (policy.yml:3)
# match tool: "t"
grants contains "all" if input.action.tool == "t"

# step_up human (policy.yml:6)
# match tool: "u"
grants contains "human" if input.action.tool == "u"

# human holds back what it may concern: its condition is not definitely false
holds contains "human" if input.action.tool == "u"

# What each rule asks for if it fires.
duties := {
	"human": {"approvers": [{"rule": "human", "roles": [], "quorum": 1}]},
}

