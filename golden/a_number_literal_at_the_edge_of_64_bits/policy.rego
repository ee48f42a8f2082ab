# Policy sha256:329df453c270f41f7f4faac385cd0365f245afc06f656b07cd5b6900ec5cfcc9, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:329df453c270f41f7f4faac385cd0365f245afc06f656b07cd5b6900ec5cfcc9",
}

policy_version := "sha256:329df453c270f41f7f4faac385cd0365f245afc06f656b07cd5b6900ec5cfcc9"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x <= 922337203685477.5807
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_number(input.action.payload.x) <= 9223372036854775807
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x <= 922337203685477.5807
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x <= 922337203685477.5807: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_number(input.action.payload.x) > 9223372036854775807

# What each rule asks for if it fires.
duties := {}

