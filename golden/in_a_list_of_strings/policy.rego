# Policy sha256:b5513de16c64e586d6f289cd44d13579054b082dc6830466a72c0e68719ff18c, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:b5513de16c64e586d6f289cd44d13579054b082dc6830466a72c0e68719ff18c",
}

policy_version := "sha256:b5513de16c64e586d6f289cd44d13579054b082dc6830466a72c0e68719ff18c"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when payload.x in ["main", "dev", ""]
grants contains "allow-if" if {
	input.action.tool == "ask"
	input.action.payload.x in {"main", "dev", ""}
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when payload.x in ["main", "dev", ""]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
}

# payload.x in ["main", "dev", ""]: definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if {
	value_1 := as_string(input.action.payload.x)
	not value_1 in {"main", "dev", ""}
}

# What each rule asks for if it fires.
duties := {}

