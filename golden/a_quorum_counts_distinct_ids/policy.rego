# Policy sha256:895f59a494d9dc821af6b91cfac999456dce1bcd06c9ada350d353ccef69b05c, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:895f59a494d9dc821af6b91cfac999456dce1bcd06c9ada350d353ccef69b05c",
}

policy_version := "sha256:895f59a494d9dc821af6b91cfac999456dce1bcd06c9ada350d353ccef69b05c"

denies := set()

# step_up human (policy.yml:3)
# match tool: "t"
grants contains "human" if input.action.tool == "t"

# human holds back what it may concern: its condition is not definitely false
holds contains "human" if input.action.tool == "t"

# What each rule asks for if it fires.
duties := {
	"human": {"approvers": [{"rule": "human", "roles": ["security"], "quorum": 2}]},
}

