# Policy sha256:c66a85f506563ba98e3d2ab9b7221b45c7a9c5c39a9966b716d7e279117115a9, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:c66a85f506563ba98e3d2ab9b7221b45c7a9c5c39a9966b716d7e279117115a9",
}

policy_version := "sha256:c66a85f506563ba98e3d2ab9b7221b45c7a9c5c39a9966b716d7e279117115a9"

holds := set()

denies := set()

# allow it (policy.yml:3)
# match tool: ["github.*", "fs.read", "fs.list"]
grants contains "it" if it_pattern_1(tool)

# one of 3 patterns
default it_pattern_1(_) := false

it_pattern_1(text) if startswith(text, "github.")

it_pattern_1(text) if text == "fs.read"

it_pattern_1(text) if text == "fs.list"

# What each rule asks for if it fires.
duties := {}

