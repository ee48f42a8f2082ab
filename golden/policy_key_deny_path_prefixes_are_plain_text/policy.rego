# Policy sha256:74630155d51e9566b6df9a779309d85726847bf4322ac96bbdf810e06845ff52, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:74630155d51e9566b6df9a779309d85726847bf4322ac96bbdf810e06845ff52",
}

policy_version := "sha256:74630155d51e9566b6df9a779309d85726847bf4322ac96bbdf810e06845ff52"

holds := set()

# allow github-pull-requests (policy.yml:5)
# from the policy key requiredBaseBranch
# match tool: "github.pull_requests.create"
# when payload.base == "main"
grants contains "github-pull-requests" if {
	input.action.tool == "github.pull_requests.create"
	input.action.payload.base == "main"
}

# deny github-pull-requests-deny-paths (policy.yml:6)
# from the policy key denyPathPrefixes
# match tool: "github.pull_requests.create"
# when any paths matches ["infra/*", "\\*.\\{x*"]
denies contains "github-pull-requests-deny-paths" if {
	input.action.tool == "github.pull_requests.create"
	not github_pull_requests_deny_paths_excluded_1
}

# one of 2 patterns
default github_pull_requests_deny_paths_pattern_1(_) := false

github_pull_requests_deny_paths_pattern_1(text) if startswith(text, "infra/")

github_pull_requests_deny_paths_pattern_1(text) if startswith(text, "*.{x")

# any paths matches ["infra/*", "\\*.\\{x*"]: definitely true
default github_pull_requests_deny_paths_confirmed_1 := false

github_pull_requests_deny_paths_confirmed_1 if {
	some item_1 in as_paths(input.action.paths)
	github_pull_requests_deny_paths_pattern_1(item_1)
}

# any paths matches ["infra/*", "\\*.\\{x*"]: definitely false
default github_pull_requests_deny_paths_excluded_1 := false

github_pull_requests_deny_paths_excluded_1 if {
	as_paths(input.action.paths)
	not github_pull_requests_deny_paths_confirmed_1
}

# What each rule asks for if it fires.
duties := {}

