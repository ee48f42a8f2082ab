# Policy sha256:8a882ba639aea06e0437f937db036ddb8ab0f569f7c00ceca714cba43967822f, compiled by axtary. Do not edit: change the policy and compile it again.
# Ask for data.axtary.decision with the input {"action": ..., "facts": ...}.
package axtary

# What cannot be evaluated is denied.
default decision := {
	"decision": "deny",
	"fired": [],
	"reasons": [{"code": "default_deny", "rule": ""}],
	"obligations": {},
	"policy_version": "sha256:8a882ba639aea06e0437f937db036ddb8ab0f569f7c00ceca714cba43967822f",
}

policy_version := "sha256:8a882ba639aea06e0437f937db036ddb8ab0f569f7c00ceca714cba43967822f"

holds := set()

denies := set()

# allow office (policy.yml:3)
# match tool: "t"
grants contains "office" if input.action.tool == "t"

# office, hours: 1 window
restrictions contains ["hours", "office"] if {
	input.action.tool == "t"
	"office" in grants
	not within_hours([{"days": ["Monday"], "start": 540, "end": 600, "zone": "Europe/Berlin"}])
}

# What each rule asks for if it fires.
duties := {}

