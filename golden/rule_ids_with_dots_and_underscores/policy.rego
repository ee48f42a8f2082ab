# Policy sha256:2d32ad5580a87690fcff11751a4139a4ed0fe6ce06250aa8545c1de34eaa2ce0, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:2d32ad5580a87690fcff11751a4139a4ed0fe6ce06250aa8545c1de34eaa2ce0",
}

policy_version := "sha256:2d32ad5580a87690fcff11751a4139a4ed0fe6ce06250aa8545c1de34eaa2ce0"

# deny 0 (policy.yml:9)
# match tool: "t"
# when payload.x == 1
denies contains "0" if {
	input.action.tool == "t"
	not rule_0_excluded_1
}

# payload.x == 1: definitely false
default rule_0_excluded_1 := false

rule_0_excluded_1 if as_number(input.action.payload.x) != 10000

# step_up a (policy.yml:13)
# match tool: "t"
# when payload.x == 2
grants contains "a" if {
	input.action.tool == "t"
	as_number(input.action.payload.x) == 20000
}

# a holds back what it may concern: its condition is not definitely false
holds contains "a" if {
	input.action.tool == "t"
	not a_excluded_1
}

# payload.x == 2: definitely false
default a_excluded_1 := false

a_excluded_1 if as_number(input.action.payload.x) != 20000

# allow a.b_c-1 (policy.yml:3)
# match tool: "t"
grants contains "a.b_c-1" if input.action.tool == "t"

# a.b_c-1, hours: 1 window
restrictions contains ["hours", "a.b_c-1"] if {
	input.action.tool == "t"
	"a.b_c-1" in grants
	not within_hours([{"days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], "start": 0, "end": 1440, "zone": "UTC"}])
}

# a.b_c-1, rate: 2 per 3600 s per actor
restrictions contains ["rate", "a.b_c-1"] if {
	input.action.tool == "t"
	"a.b_c-1" in grants
	not rate_met("a.b_c-1", 2)
}

# What each rule asks for if it fires.
duties := {
	"a": {"approvers": [{"rule": "a", "roles": [], "quorum": 1}]},
	"a.b_c-1": {"rates": [{"rule": "a.b_c-1", "limit": 2, "window_seconds": 3600, "per": "actor"}]},
}

