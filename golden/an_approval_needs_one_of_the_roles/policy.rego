# Policy sha256:65ed4fc8034ada02573eff03e4e40269bee2c6d1ec9ee3a4e56e2d46272bb489, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:65ed4fc8034ada02573eff03e4e40269bee2c6d1ec9ee3a4e56e2d46272bb489",
}

policy_version := "sha256:65ed4fc8034ada02573eff03e4e40269bee2c6d1ec9ee3a4e56e2d46272bb489"

denies := set()

# step_up human (policy.yml:3)
# match tool: "t"
grants contains "human" if input.action.tool == "t"

# human holds back what it may concern: its condition is not definitely false
holds contains "human" if input.action.tool == "t"

# What each rule asks for if it fires.
duties := {
	"human": {"approvers": [{"rule": "human", "roles": ["security", "release-manager"], "quorum": 1}]},
}

