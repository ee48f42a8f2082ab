# Policy sha256:05806885df200f2075af85891eb4b1352bda506d756c860d2992eaa26ed8bd32, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:05806885df200f2075af85891eb4b1352bda506d756c860d2992eaa26ed8bd32",
}

policy_version := "sha256:05806885df200f2075af85891eb4b1352bda506d756c860d2992eaa26ed8bd32"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when not payload.x == 0
grants contains "allow-if" if {
	input.action.tool == "ask"
	as_number(input.action.payload.x) != 0
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when not payload.x == 0
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_confirmed_1
}

# payload.x == 0: definitely true
default deny_if_confirmed_1 := false

deny_if_confirmed_1 if as_number(input.action.payload.x) == 0

# What each rule asks for if it fires.
duties := {}

