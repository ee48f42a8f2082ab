# Policy sha256:adfd6371d61de9e28ee8d340a627dea3b3cccafa3646b959c9ec32cb4ad44133, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:adfd6371d61de9e28ee8d340a627dea3b3cccafa3646b959c9ec32cb4ad44133",
}

policy_version := "sha256:adfd6371d61de9e28ee8d340a627dea3b3cccafa3646b959c9ec32cb4ad44133"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches ".env*"
grants contains "allow-if" if {
	input.action.tool == "ask"
	regex.match(`(?s)\A(?:.*/)?\.env[^/]*\z`, as_path(input.action.payload.p))
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches ".env*"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches ".env*": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not regex.match(`(?s)\A(?:.*/)?\.env[^/]*\z`, value_1)
}

# What each rule asks for if it fires.
duties := {}

