# Policy sha256:f1467ab8f16a1a9c2f6ff3408842183859b5c7494dc6a6de17f0907672c39371, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:f1467ab8f16a1a9c2f6ff3408842183859b5c7494dc6a6de17f0907672c39371",
}

policy_version := "sha256:f1467ab8f16a1a9c2f6ff3408842183859b5c7494dc6a6de17f0907672c39371"

holds := set()

# allow allow-all (policy.yml:7)
# match tool: "act"
grants contains "allow-all" if input.action.tool == "act"

# allow allow-if (policy.yml:3)
# match tool: "ask"
# when resource == "repo:a" and actor.agent == "agent:x" and actor.tenant == "org:t" and intent.summary == "s" and tool in ["ask", "act"]
grants contains "allow-if" if {
	input.action.tool == "ask"
	input.action.resource == "repo:a"
	input.action.actor.agent == "agent:x"
	input.action.actor.tenant == "org:t"
	input.action.intent.summary == "s"
	input.action.tool in {"ask", "act"}
}

# deny deny-if (policy.yml:10)
# match tool: "act"
# when resource == "repo:a" and actor.agent == "agent:x" and actor.tenant == "org:t" and intent.summary == "s" and tool in ["ask", "act"]
denies contains "deny-if" if {
	input.action.tool == "act"
	not deny_if_excluded_1
	not deny_if_excluded_2
	not deny_if_excluded_3
	not deny_if_excluded_4
	not deny_if_excluded_5
}

# resource == "repo:a": definitely false
default deny_if_excluded_1 := false

deny_if_excluded_1 if as_string(input.action.resource) != "repo:a"

# actor.agent == "agent:x": definitely false
default deny_if_excluded_2 := false

deny_if_excluded_2 if as_string(input.action.actor.agent) != "agent:x"

# actor.tenant == "org:t": definitely false
default deny_if_excluded_3 := false

deny_if_excluded_3 if as_string(input.action.actor.tenant) != "org:t"

# intent.summary == "s": definitely false
default deny_if_excluded_4 := false

deny_if_excluded_4 if as_string(input.action.intent.summary) != "s"

# tool in ["ask", "act"]: definitely false
default deny_if_excluded_5 := false

deny_if_excluded_5 if {
	value_1 := as_string(input.action.tool)
	not value_1 in {"ask", "act"}
}

# What each rule asks for if it fires.
duties := {}

