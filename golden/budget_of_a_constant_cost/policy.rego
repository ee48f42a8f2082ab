# Policy sha256:8006f7d22620f56e495476b0a653535186c160364a66c58f6e1b52dc1a3317b4, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:8006f7d22620f56e495476b0a653535186c160364a66c58f6e1b52dc1a3317b4",
}

policy_version := "sha256:8006f7d22620f56e495476b0a653535186c160364a66c58f6e1b52dc1a3317b4"

holds := set()

denies := set()

# allow spends (policy.yml:4)
# match tool: "t"
grants contains "spends" if input.action.tool == "t"

# What each rule asks for if it fires.
duties := {
	"spends": {"budgets": [{"rule": "spends", "limit": "0.25", "unit": "USD", "per": "task", "window_seconds": 86400, "cost": "0.25"}]},
}

