# Policy sha256:419ab2f4c28d635f2f9beda61a99dcfa9e2bf8b5f75c6bf36c9e4a6051388189, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:419ab2f4c28d635f2f9beda61a99dcfa9e2bf8b5f75c6bf36c9e4a6051388189",
}

policy_version := "sha256:419ab2f4c28d635f2f9beda61a99dcfa9e2bf8b5f75c6bf36c9e4a6051388189"

holds := set()

denies := set()

# allow it (policy.yml:3)
# match tool: "t", resource: "repo:acme/*", actor: "agent:*", tenant: "org:acme", owner: "user:*", task: "AXT-*"
grants contains "it" if {
	input.action.tool == "t"
	regex.match(`(?s)\Arepo:acme/[^/]*\z`, resource)
	startswith(actor, "agent:")
	input.action.actor.tenant == "org:acme"
	startswith(owner, "user:")
	startswith(task, "AXT-")
}

# What each rule asks for if it fires.
duties := {}

