# Policy sha256:8baba440e2207f92bacc5db3d9372e0fa2acec3339dba420c76f079e6156e892, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:8baba440e2207f92bacc5db3d9372e0fa2acec3339dba420c76f079e6156e892",
}

policy_version := "sha256:8baba440e2207f92bacc5db3d9372e0fa2acec3339dba420c76f079e6156e892"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.p matches ["src/a", "src/a.bak"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_path(input.action.payload.p) in {"src/a", "src/a.bak"}
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.p matches ["src/a", "src/a.bak"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.p matches ["src/a", "src/a.bak"]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_path(input.action.payload.p)
	not value_1 in {"src/a", "src/a.bak"}
}

# What each rule asks for if it fires.
duties := {}

