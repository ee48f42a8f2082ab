# Policy sha256:195f00aa59c111a5e4f1ae001ca85886ea525bc0390eec4590b2e49d9238989b, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:195f00aa59c111a5e4f1ae001ca85886ea525bc0390eec4590b2e49d9238989b",
}

policy_version := "sha256:195f00aa59c111a5e4f1ae001ca85886ea525bc0390eec4590b2e49d9238989b"

grants := set()

holds := set()

denies := set()

# What each rule asks for if it fires.
duties := {}

