# Policy sha256:3453202cbd9904b4191ba9a1f7b75a2182c1ec650ab149f2a6a2732ffa91200e, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:3453202cbd9904b4191ba9a1f7b75a2182c1ec650ab149f2a6a2732ffa91200e",
}

policy_version := "sha256:3453202cbd9904b4191ba9a1f7b75a2182c1ec650ab149f2a6a2732ffa91200e"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not time == 1774742400000000000
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_instant(input.action.time) != 1774742400000000000
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not time == 1774742400000000000
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_confirmed_1
}

# time == 1774742400000000000: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if as_instant(input.action.time) == 1774742400000000000

# What each rule asks for if it fires.
duties := {}

