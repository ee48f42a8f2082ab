# Policy sha256:957eb7d5e3bab64db226dc9b736d2c5788b11b3bd062fd293927f9eef4a00db8, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:957eb7d5e3bab64db226dc9b736d2c5788b11b3bd062fd293927f9eef4a00db8",
}

policy_version := "sha256:957eb7d5e3bab64db226dc9b736d2c5788b11b3bd062fd293927f9eef4a00db8"

holds := set()

denies := set()

# allow spends (policy.yml:4)
# match tool: "t"
grants contains "spends" if input.action.tool == "t"

# What each rule asks for if it fires.
duties := {
	"spends": {"budgets": [{"rule": "spends", "limit": "1", "unit": "USD", "per": "task", "window_seconds": 86400, "cost": "1"}]},
}

