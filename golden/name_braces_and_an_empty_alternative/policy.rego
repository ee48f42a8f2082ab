# Policy sha256:77fea2bca8e6823349b69816f0464290ab20a7135d1ca5d373aad232374e2b7c, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:77fea2bca8e6823349b69816f0464290ab20a7135d1ca5d373aad232374e2b7c",
}

policy_version := "sha256:77fea2bca8e6823349b69816f0464290ab20a7135d1ca5d373aad232374e2b7c"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p like ["v1.x", "v2.x", "v.x"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_string(input.action.payload.p) in {"v1.x", "v2.x", "v.x"}
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p like ["v1.x", "v2.x", "v.x"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p like ["v1.x", "v2.x", "v.x"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_string(input.action.payload.p)
	not value_1 in {"v1.x", "v2.x", "v.x"}
}

# What each rule asks for if it fires.
duties := {}

