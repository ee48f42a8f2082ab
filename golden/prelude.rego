# The decision: the same for every policy. It reads four sets made by the clauses above: `grants` (rules that are
# definitely met), `holds` (step_up rules that may be met), `denies` (deny rules that may be met) and `restrictions`.

decision := {
	"decision": outcome,
	"fired": [rule | some rule in fired],
	"reasons": [{"code": code, "rule": rule} | some [code, rule] in reasons],
	"obligations": obligations,
	"policy_version": policy_version,
} if {
	well_formed
}

default outcome := "deny"

outcome := "step_up" if {
	count(restrictions) == 0
	count(grants) > 0
	count(unapproved) > 0
}

outcome := "allow" if {
	count(restrictions) == 0
	count(grants) > 0
	count(unapproved) == 0
}

fired := (grants | holds) | denies

restrictions contains ["rule_denies", rule] if some rule in denies

reasons := restrictions if count(restrictions) > 0

reasons := {["default_deny", ""]} if {
	count(restrictions) == 0
	count(grants) == 0
}

reasons := {["approval_required", rule] | some rule in unapproved} if outcome == "step_up"

reasons := {["granted", rule] | some rule in grants} if outcome == "allow"

# What the fired rules ask for together: the shortest ttl, and every approver requirement, rate and budget.

obligations := object.union(shortest_ttl, listed_duties)

listed_duties := {kind: entries |
	some kind in ["approvers", "budgets", "rates"]
	entries := [entry | some rule in fired; some entry in object.get(duties, [rule, kind], [])]
	count(entries) > 0
}

ttls := {ttl | some rule in fired; ttl := object.get(duties, [rule, "ttl_seconds"], 0); ttl > 0}

default shortest_ttl := {}

shortest_ttl := {"ttl_seconds": min(ttls)} if count(ttls) > 0

# Approvals: a step_up rule that holds is lifted once enough distinct approvers hold one of its roles.

unapproved := holds - approved

approved contains rule if {
	some rule in holds
	needs := object.get(duties, [rule, "approvers"], [])
	count(needs) > 0
	every need in needs {
		count(qualified(need.roles)) >= need.quorum
	}
}

qualified(roles) := {approver.id |
	some approver in approvers
	qualifies(approver, roles)
}

qualifies(_, roles) if count(roles) == 0

qualifies(approver, roles) if {
	some role in approver.roles
	role in roles
}

# One ill-typed approver makes the whole approval absent.
default approvers := []

approvers := input.facts.approval.approvers if {
	is_array(input.facts.approval.approvers)
	every approver in input.facts.approval.approvers {
		well_formed_approver(approver)
	}
}

well_formed_approver(approver) if {
	is_string(approver.id)
	is_array(approver.roles)
	every role in approver.roles {
		is_string(role)
	}
}

# The action: one that is not well formed is denied and fires nothing.

default well_formed := false

well_formed if {
	is_object(input.action)
	is_string(input.action.tool)
	input.action.tool != ""
	every key in ["actor", "intent", "payload", "context"] {
		is_object(object.get(input.action, key, {}))
	}
	every path in [["resource"], ["actor", "agent"], ["actor", "tenant"], ["actor", "owner"], ["intent", "task"]] {
		is_string(object.get(input.action, path, ""))
	}
}

# What `match` looks at: always a string, empty where the action has none.

default tool := ""

tool := input.action.tool if is_string(input.action.tool)

default resource := ""

resource := input.action.resource if is_string(input.action.resource)

default actor := ""

actor := input.action.actor.agent if is_string(input.action.actor.agent)

default tenant := ""

tenant := input.action.actor.tenant if is_string(input.action.actor.tenant)

default owner := ""

owner := input.action.actor.owner if is_string(input.action.actor.owner)

default task := ""

task := input.action.intent.task if is_string(input.action.intent.task)

# Obligations with a test of their own. Each is false where it cannot be evaluated.

default rate_met(_, _) := false

rate_met(rule, limit) if {
	usage := as_integer(input.facts.usage[rule])
	usage >= 0
	usage < limit
}

default within_hours(_) := false

within_hours(windows) if {
	now := as_instant(input.action.time)
	some window in windows
	day := time.weekday([now, window.zone])
	[hour, minute, _] := time.clock([now, window.zone])
	whole_hours := hour * 60
	in_window(window, day, whole_hours + minute)
}

in_window(window, day, minute) if {
	window.start < window.end
	day in window.days
	minute >= window.start
	minute < window.end
}

# A window over midnight belongs to the day on which it starts.
in_window(window, day, minute) if {
	window.end < window.start
	day in window.days
	minute >= window.start
}

in_window(window, day, minute) if {
	window.end < window.start
	day_before[day] in window.days
	minute < window.end
}

day_before := {
	"Monday": "Sunday",
	"Tuesday": "Monday",
	"Wednesday": "Tuesday",
	"Thursday": "Wednesday",
	"Friday": "Thursday",
	"Saturday": "Friday",
	"Sunday": "Saturday",
}

# Typed reads. Rego compares across types (`null < true < 1 < "a"`), so each comparison reads through one of these:
# undefined where the value is missing or has another type.

as_string(value) := value if is_string(value)

as_boolean(value) := value if is_boolean(value)

as_strings(value) := value if {
	is_array(value)
	every item in value {
		is_string(item)
	}
}

# A canonical path: `/`-separated, no empty, `.` or `..` segment, no backslash, no NUL.
as_path(value) := value if {
	is_string(value)
	not regex.match(`\A\z|\A/|/\z|//|[\\\x00]|(?:\A|/)\.\.?(?:/|\z)`, value)
}

as_paths(value) := value if {
	is_array(value)
	every item in value {
		as_path(item)
	}
}

# true also for null and false; a step through anything but an object is false
has_key(value, key) if {
	is_object(value)
	key in object.keys(value)
}

# Outside the workspace are `@home`, `@root` and everything below them.
inside_workspace(path) if not regex.match(`\A@(?:home|root)(?:/|\z)`, path)

# Numbers are compared as whole ten-thousandths (1.5 is 15000), exactly: at most four fraction digits and within
# 64 bits, else undefined.

as_number(value) := ten_thousandths(json.marshal(value)) if is_number(value)

# a number written with an exponent; the first test keeps the arithmetic small, the last makes it exact
as_number(value) := scaled if {
	is_number(value)
	regex.match(`\A-?[0-9]{1,20}(?:\.[0-9]{1,40})?[eE][+-]?[0-9]{1,2}\z`, json.marshal(value))
	abs(value) < 100000000000
	scaled := round(value * 10000)
	scaled / 10000 == value
}

as_decimal(value) := as_number(value)

as_decimal(value) := ten_thousandths(value) if is_string(value)

ten_thousandths(numeral) := scaled if {
	found := regex.find_all_string_submatch_n(`\A(-?)(0|[1-9][0-9]{0,14})(?:\.([0-9]{1,4})0*)?\z`, numeral, 1)
	some [_, sign, whole, part] in found
	padded := substring(concat("", [part, "0000"]), 0, 4)

	# the leading 1 keeps zeros such as those of 0050 out of the numeral
	fraction := to_number(concat("", ["1", padded])) - 10000
	units := to_number(whole) * 10000
	scaled := to_number(concat("", [sign, "1"])) * (units + fraction)
	scaled >= -9223372036854775808
	scaled <= 9223372036854775807
}

# the integer in the unit of the other numbers, to be compared with one of them
as_scaled_integer(value) := as_integer(value) * 10000

as_integer(value) := round(value) if {
	is_number(value)
	regex.match(`\A-?[0-9]{1,20}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?\z`, json.marshal(value))
	value >= -9007199254740991
	value <= 9007199254740991
	round(value) == value
}

# Times are compared as nanoseconds since 1970-01-01T00:00:00Z. Only real dates of the years 1678 to 2261 are parsed:
# the parser fails on others.

as_instant(value) := time.parse_rfc3339_ns(value) if {
	is_string(value)
	regex.match(timestamp_shape, value)
	not regex.match(`\A[0-9]{4}-(?:02-3|(?:04|06|09|11)-31)`, value)
	leap_day_exists(value)
}

timestamp_shape := concat("", [
	`\A(?:167[89]|16[89][0-9]|1[7-9][0-9]{2}|2[01][0-9]{2}|22[0-5][0-9]|226[01])`,
	`-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])`,
	`T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?`,
	`(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])\z`,
])

leap_day_exists(value) if not regex.match(`\A[0-9]{4}-02-29`, value)

leap_day_exists(value) if regex.match(`\A(?:2000|[0-9]{2}(?:0[48]|[2468][048]|[13579][26]))-`, value)
