# Policy sha256:c70ba9b97036e71677281e26b99d6407b45260ea4f886bdaa6e024f49f85945a, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:c70ba9b97036e71677281e26b99d6407b45260ea4f886bdaa6e024f49f85945a",
}

policy_version := "sha256:c70ba9b97036e71677281e26b99d6407b45260ea4f886bdaa6e024f49f85945a"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload["a.b"]["say \"hi\""]["odd key"] == "x"
grants contains "allow-if" if {
	input.action.tool == "ask"
	input.action.payload["a.b"]["say \"hi\""]["odd key"] == "x"
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload["a.b"]["say \"hi\""]["odd key"] == "x"
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload["a.b"]["say \"hi\""]["odd key"] == "x": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_string(input.action.payload["a.b"]["say \"hi\""]["odd key"]) != "x"

# What each rule asks for if it fires.
duties := {}

