# Policy sha256:2833fee65849f5e8fc732bfb8c597e4ed24161d8881760f8ee01da46bd8d19b2, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:2833fee65849f5e8fc732bfb8c597e4ed24161d8881760f8ee01da46bd8d19b2",
}

policy_version := "sha256:2833fee65849f5e8fc732bfb8c597e4ed24161d8881760f8ee01da46bd8d19b2"

denies := set()

# step_up human (policy.yml:3)
# match tool: "t"
grants contains "human" if input.action.tool == "t"

# human holds back what it may concern: its condition is not definitely false
holds contains "human" if input.action.tool == "t"

# human, hours: 1 window
restrictions contains ["hours", "human"] if {
	input.action.tool == "t"
	"human" in holds
	not within_hours([{"days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"], "start": 480, "end": 1140, "zone": "UTC"}])
}

# What each rule asks for if it fires.
duties := {
	"human": {"approvers": [{"rule": "human", "roles": [], "quorum": 1}]},
}

