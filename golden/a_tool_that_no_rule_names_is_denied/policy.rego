# Policy sha256:aadce6efe7d487ad213a51a44b47a4bb97dd1a8f2dfd25221004b6f302658cca, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:aadce6efe7d487ad213a51a44b47a4bb97dd1a8f2dfd25221004b6f302658cca",
}

policy_version := "sha256:aadce6efe7d487ad213a51a44b47a4bb97dd1a8f2dfd25221004b6f302658cca"

# deny never-deletes (policy.yml:9)
# match tool: "fs.delete"
denies contains "never-deletes" if input.action.tool == "fs.delete"

# allow reads (policy.yml:3)
# match tool: "fs.read"
grants contains "reads" if input.action.tool == "fs.read"

# step_up writes-need-a-human (policy.yml:6)
# match tool: "fs.write"
grants contains "writes-need-a-human" if input.action.tool == "fs.write"

# writes-need-a-human holds back what it may concern: its condition is not definitely false
holds contains "writes-need-a-human" if input.action.tool == "fs.write"

# What each rule asks for if it fires.
duties := {
	"writes-need-a-human": {"approvers": [{"rule": "writes-need-a-human", "roles": [], "quorum": 1}]},
}

