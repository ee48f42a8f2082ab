# Policy sha256:d4bca638dba6f329d4531bf64886eea8af6df28fbe9800022ccb1d28815bc76b, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:d4bca638dba6f329d4531bf64886eea8af6df28fbe9800022ccb1d28815bc76b",
}

policy_version := "sha256:d4bca638dba6f329d4531bf64886eea8af6df28fbe9800022ccb1d28815bc76b"

denies := set()

# allow github-pull-requests (policy.yml:3)
# from the policy key requiredBaseBranch
# match tool: "github.pull_requests.create"
# when payload.base == "main"
grants contains "github-pull-requests" if {
	input.action.tool == "github.pull_requests.create"
	input.action.payload.base == "main"
}

# step_up github-pull-requests-requires-tests (policy.yml:3)
# from the policy key requiresTests
# match tool: "github.pull_requests.create"
# when not payload.tests_passed == true
grants contains "github-pull-requests-requires-tests" if {
	input.action.tool == "github.pull_requests.create"
	as_boolean(input.action.payload.tests_passed) != true
}

# github-pull-requests-requires-tests holds back what it may concern: its condition is not definitely false
holds contains "github-pull-requests-requires-tests" if {
	input.action.tool == "github.pull_requests.create"
	not github_pull_requests_requires_tests_confirmed_1
}

# payload.tests_passed == true: definitely true
default github_pull_requests_requires_tests_confirmed_1 := false

github_pull_requests_requires_tests_confirmed_1 if input.action.payload.tests_passed == true

# What each rule asks for if it fires.
duties := {
	"github-pull-requests-requires-tests": {"approvers": [{"rule": "github-pull-requests-requires-tests", "roles": [], "quorum": 1}]},
}

