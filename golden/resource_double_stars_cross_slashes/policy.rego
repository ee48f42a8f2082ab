# Policy sha256:321b1beb62aab91eca559a63bc70259810c2eae9b22a650835dca39fc66113d4, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:321b1beb62aab91eca559a63bc70259810c2eae9b22a650835dca39fc66113d4",
}

policy_version := "sha256:321b1beb62aab91eca559a63bc70259810c2eae9b22a650835dca39fc66113d4"

holds := set()

denies := set()

# allow it (policy.yml:3)
# match tool: "t", resource: ["https://a.example/**", "**/public", "db:/**/main"]
grants contains "it" if {
	input.action.tool == "t"
	it_pattern_1(resource)
}

# one of 3 patterns
default it_pattern_1(_) := false

it_pattern_1(text) if startswith(text, "https://a.example/")

it_pattern_1(text) if regex.match(`(?s)\A(?:.*/)?public\z`, text)

it_pattern_1(text) if regex.match(`(?s)\Adb:/(?:.*/)?main\z`, text)

# What each rule asks for if it fires.
duties := {}

