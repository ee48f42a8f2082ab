# Policy sha256:fb5a593067801eb5322a617242e12fae08afef41df19c3dfb63a257f9435226d, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:fb5a593067801eb5322a617242e12fae08afef41df19c3dfb63a257f9435226d",
}

policy_version := "sha256:fb5a593067801eb5322a617242e12fae08afef41df19c3dfb63a257f9435226d"

holds := set()

denies := set()

# allow github-pull-requests (policy.yml:5)
# from the policy key requiredBaseBranch
# match tool: "github.pull_requests.create"
# when payload.base == "main" and payload.files_changed <= 3
grants contains "github-pull-requests" if {
	input.action.tool == "github.pull_requests.create"
	input.action.payload.base == "main"
	as_number(input.action.payload.files_changed) <= 30000
}

# What each rule asks for if it fires.
duties := {}

