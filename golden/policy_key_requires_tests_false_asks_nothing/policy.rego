# Policy sha256:823bfe42d6a5e90b45b00b91184c577f3c5cf1a9b968ef99d32831b9ba7ecc2f, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:823bfe42d6a5e90b45b00b91184c577f3c5cf1a9b968ef99d32831b9ba7ecc2f",
}

policy_version := "sha256:823bfe42d6a5e90b45b00b91184c577f3c5cf1a9b968ef99d32831b9ba7ecc2f"

holds := set()

denies := set()

# allow github-pull-requests (policy.yml:3)
# from the policy key requiredBaseBranch
# match tool: "github.pull_requests.create"
# when payload.base == "main"
grants contains "github-pull-requests" if {
	input.action.tool == "github.pull_requests.create"
	input.action.payload.base == "main"
}

# What each rule asks for if it fires.
duties := {}

