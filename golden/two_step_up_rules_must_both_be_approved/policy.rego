# Policy sha256:57270ea9a4c34f9113abad6706729d06bc13ec1c7261de0d7b6a606504c92daa, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:57270ea9a4c34f9113abad6706729d06bc13ec1c7261de0d7b6a606504c92daa",
}

policy_version := "sha256:57270ea9a4c34f9113abad6706729d06bc13ec1c7261de0d7b6a606504c92daa"

denies := set()

# step_up ops-look (policy.yml:3)
# match tool: "t"
grants contains "ops-look" if input.action.tool == "t"

# ops-look holds back what it may concern: its condition is not definitely false
holds contains "ops-look" if input.action.tool == "t"

# step_up sec-looks (policy.yml:8)
# match tool: "t"
grants contains "sec-looks" if input.action.tool == "t"

# sec-looks holds back what it may concern: its condition is not definitely false
holds contains "sec-looks" if input.action.tool == "t"

# What each rule asks for if it fires.
duties := {
	"ops-look": {"approvers": [{"rule": "ops-look", "roles": ["ops"], "quorum": 1}]},
	"sec-looks": {"approvers": [{"rule": "sec-looks", "roles": ["security"], "quorum": 1}]},
}

