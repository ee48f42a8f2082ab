# Policy sha256:a0ea75140114c9b4b056ee2cfafc36a31aa90bda6f18475641d22579b869f717, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:a0ea75140114c9b4b056ee2cfafc36a31aa90bda6f18475641d22579b869f717",
}

policy_version := "sha256:a0ea75140114c9b4b056ee2cfafc36a31aa90bda6f18475641d22579b869f717"

denies := set()

# step_up human (policy.yml:3)
# match tool: "t"
grants contains "human" if input.action.tool == "t"

# human holds back what it may concern: its condition is not definitely false
holds contains "human" if input.action.tool == "t"

# What each rule asks for if it fires.
duties := {
	"human": {"approvers": [{"rule": "human", "roles": [], "quorum": 1}]},
}

