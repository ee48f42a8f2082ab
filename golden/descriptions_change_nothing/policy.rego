# Policy sha256:f0b8557d0d4e81298fa77cd47aa9d24f0546c8e46b1a54d986e04e04fdad9751, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:f0b8557d0d4e81298fa77cd47aa9d24f0546c8e46b1a54d986e04e04fdad9751",
}

policy_version := "sha256:f0b8557d0d4e81298fa77cd47aa9d24f0546c8e46b1a54d986e04e04fdad9751"

holds := set()

denies := set()

# allow it (policy.yml:3)
# effect: deny # "*/ }
# match tool: "t"
grants contains "it" if input.action.tool == "t"

# What each rule asks for if it fires.
duties := {}

