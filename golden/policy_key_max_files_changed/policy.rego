# Policy sha256:930bbc8963233ca91e5ffb3746e1ae1f16c604ae439dfb0dfc8c6b0fce607a80, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:930bbc8963233ca91e5ffb3746e1ae1f16c604ae439dfb0dfc8c6b0fce607a80",
}

policy_version := "sha256:930bbc8963233ca91e5ffb3746e1ae1f16c604ae439dfb0dfc8c6b0fce607a80"

holds := set()

denies := set()

# allow github-pull-requests (policy.yml:3)
# from the policy key maxFilesChanged
# match tool: "github.pull_requests.create"
# when payload.files_changed <= 3
grants contains "github-pull-requests" if {
	input.action.tool == "github.pull_requests.create"
	as_number(input.action.payload.files_changed) <= 30000
}

# What each rule asks for if it fires.
duties := {}

