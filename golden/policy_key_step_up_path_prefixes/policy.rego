# Policy sha256:e4cd841d973c4f05c68ee637dca75aa2582e42de4187eacffabf477f0ba024c7, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:e4cd841d973c4f05c68ee637dca75aa2582e42de4187eacffabf477f0ba024c7",
}

policy_version := "sha256:e4cd841d973c4f05c68ee637dca75aa2582e42de4187eacffabf477f0ba024c7"

denies := set()

# allow github-pull-requests (policy.yml:3)
# from the policy key requiredBaseBranch
# match tool: "github.pull_requests.create"
# when payload.base == "main"
grants contains "github-pull-requests" if {
	input.action.tool == "github.pull_requests.create"
	input.action.payload.base == "main"
}

# step_up github-pull-requests-step-up-paths (policy.yml:3)
# from the policy key stepUpPathPrefixes
# match tool: "github.pull_requests.create"
# when any paths matches ".github/*"
grants contains "github-pull-requests-step-up-paths" if {
	input.action.tool == "github.pull_requests.create"
	some item_1 in as_paths(input.action.paths)
	startswith(item_1, ".github/")
}

# github-pull-requests-step-up-paths holds back what it may concern: its condition is not definitely false
holds contains "github-pull-requests-step-up-paths" if {
	input.action.tool == "github.pull_requests.create"
	not github_pull_requests_step_up_paths_excluded_1
}

# any paths matches ".github/*": definitely true
default github_pull_requests_step_up_paths_confirmed_1 := false

github_pull_requests_step_up_paths_confirmed_1 if {
	some item_2 in as_paths(input.action.paths)
	startswith(item_2, ".github/")
}

# any paths matches ".github/*": definitely false
default github_pull_requests_step_up_paths_excluded_1 := false

github_pull_requests_step_up_paths_excluded_1 if {
	as_paths(input.action.paths)
	not github_pull_requests_step_up_paths_confirmed_1
}

# What each rule asks for if it fires.
duties := {
	"github-pull-requests-step-up-paths": {"approvers": [{"rule": "github-pull-requests-step-up-paths", "roles": [], "quorum": 1}]},
}

