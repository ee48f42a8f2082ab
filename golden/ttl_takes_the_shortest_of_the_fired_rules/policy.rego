# Policy sha256:0cda152ffdb9a3cebc2967df0dfb51eef045c61107f80cd953c88d289cb45f24, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:0cda152ffdb9a3cebc2967df0dfb51eef045c61107f80cd953c88d289cb45f24",
}

policy_version := "sha256:0cda152ffdb9a3cebc2967df0dfb51eef045c61107f80cd953c88d289cb45f24"

holds := set()

denies := set()

# allow hour (policy.yml:3)
# match tool: "t"
grants contains "hour" if input.action.tool == "t"

# allow minutes (policy.yml:8)
# match tool: "t"
# when payload.x == 1
grants contains "minutes" if {
	input.action.tool == "t"
	as_number(input.action.payload.x) == 10000
}

# allow none (policy.yml:14)
# match tool: "t"
grants contains "none" if input.action.tool == "t"

# What each rule asks for if it fires.
duties := {
	"hour": {"ttl_seconds": 3600},
	"minutes": {"ttl_seconds": 150},
}

