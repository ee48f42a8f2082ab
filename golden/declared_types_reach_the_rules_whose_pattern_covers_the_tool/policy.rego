# Policy sha256:1b274104b64c5beb9ff9ec1516351fee31837fbe107dd48cd15d3dfd91919e5a, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:1b274104b64c5beb9ff9ec1516351fee31837fbe107dd48cd15d3dfd91919e5a",
}

policy_version := "sha256:1b274104b64c5beb9ff9ec1516351fee31837fbe107dd48cd15d3dfd91919e5a"

holds := set()

# allow all (policy.yml:9)
# match tool: "*"
grants contains "all"

# deny cap (policy.yml:5)
# match tool: "pay.*"
# when payload.amount > 10
denies contains "cap" if {
	startswith(tool, "pay.")
	not cap_excluded_1
}

# payload.amount > 10: definitely false
default cap_excluded_1 := false

cap_excluded_1 if as_decimal(input.action.payload.amount) <= 100000

# What each rule asks for if it fires.
duties := {}

