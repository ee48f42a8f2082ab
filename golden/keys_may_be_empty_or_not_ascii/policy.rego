# Policy sha256:9178d7b029f5b085ff354ae4c0172c245f74ac7862ce0acbc298252e9f0153b2, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:9178d7b029f5b085ff354ae4c0172c245f74ac7862ce0acbc298252e9f0153b2",
}

policy_version := "sha256:9178d7b029f5b085ff354ae4c0172c245f74ac7862ce0acbc298252e9f0153b2"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload[""]["\u00fcber"]["\n"] == "x"
grants contains "allow-if" if {
	input.action.tool == "ask"
	input.action.payload[""]["\u00fcber"]["\n"] == "x"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload[""]["\u00fcber"]["\n"] == "x"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload[""]["\u00fcber"]["\n"] == "x": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_string(input.action.payload[""]["\u00fcber"]["\n"]) != "x"

# What each rule asks for if it fires.
duties := {}

