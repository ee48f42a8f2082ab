# Policy sha256:c7d39f2a675bcbb980f39b24b81559a433a66fc99602700b2f65eab8067ff47e, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:c7d39f2a675bcbb980f39b24b81559a433a66fc99602700b2f65eab8067ff47e",
}

policy_version := "sha256:c7d39f2a675bcbb980f39b24b81559a433a66fc99602700b2f65eab8067ff47e"

holds := set()

denies := set()

# allow slack-messages (policy.yml:3)
# from the policy key allowedChannels
# match tool: "slack.messages.post"
# when payload.channel in ["#agents", "#ops"]
grants contains "slack-messages" if {
	input.action.tool == "slack.messages.post"
	input.action.payload.channel in {"#agents", "#ops"}
}

# What each rule asks for if it fires.
duties := {}

