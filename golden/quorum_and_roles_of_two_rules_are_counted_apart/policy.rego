# Policy sha256:43ba48de5bd587a4b7173d5618076f5d796952fdf48b122f3be9b8101e5f0d5b, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:43ba48de5bd587a4b7173d5618076f5d796952fdf48b122f3be9b8101e5f0d5b",
}

policy_version := "sha256:43ba48de5bd587a4b7173d5618076f5d796952fdf48b122f3be9b8101e5f0d5b"

denies := set()

# step_up one-of-any (policy.yml:8)
# match tool: "t"
grants contains "one-of-any" if input.action.tool == "t"

# one-of-any holds back what it may concern: its condition is not definitely false
holds contains "one-of-any" if input.action.tool == "t"

# step_up two-of-ops (policy.yml:3)
# match tool: "t"
grants contains "two-of-ops" if input.action.tool == "t"

# two-of-ops holds back what it may concern: its condition is not definitely false
holds contains "two-of-ops" if input.action.tool == "t"

# What each rule asks for if it fires.
duties := {
	"one-of-any": {"approvers": [{"rule": "one-of-any", "roles": [], "quorum": 1}]},
	"two-of-ops": {"approvers": [{"rule": "two-of-ops", "roles": ["ops"], "quorum": 2}]},
}

