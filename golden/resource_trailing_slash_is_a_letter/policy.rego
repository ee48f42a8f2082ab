# Policy sha256:2a37d8927bca994fa88153ac87c629673bc7346ae4768547d9735321a3bab4db, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:2a37d8927bca994fa88153ac87c629673bc7346ae4768547d9735321a3bab4db",
}

policy_version := "sha256:2a37d8927bca994fa88153ac87c629673bc7346ae4768547d9735321a3bab4db"

holds := set()

denies := set()

# allow it (policy.yml:3)
# match tool: "t", resource: "bucket/"
grants contains "it" if {
	input.action.tool == "t"
	input.action.resource == "bucket/"
}

# What each rule asks for if it fires.
duties := {}

