# SPDX-License-Identifier: GPL-2.0-only
#
# Reads the TAP of any number of programs, one after the other; says what
# failed and ends with the line "N passed, N failed, N skipped".  Status 1 if
# anything failed or nothing passed.
#
# A program begins with "# run: NAME", or with its "TAP version".  One that
# prints no plan, or fewer or more results than it planned, or bails out, has
# failed, whatever it printed before.  So has one that ended, as "# status: N"
# tells, with a status that its results do not explain.

function fail(why) {
	printf "FAILED: %s: %s\n", name, why
	failed++
	own_failures++
}

function begin(new_name) {
	end()
	name = new_name
	running = 1
	plan = -1
	seen = own_failures = own_skips = 0
}

function end() {
	if (!running)
		return
	running = 0
	if (plan < 0)
		fail("no plan: it died, or is not TAP")
	else if (seen != plan)
		fail(seen " results of " plan " planned")
}

BEGIN {
	name = "(unnamed)"
	passed = failed = skipped = 0
}

{ sub(/\r$/, "") }

/^# run: / { begin(substr($0, 8)) }

# The version line of the program that "# run:" named begins nothing new.
/^TAP version / {
	if (!running || plan >= 0 || seen)
		begin(name)
}

/^1\.\.[0-9]+/ {
	if (!running)
		begin(name)
	plan = substr($1, 4) + 0
	if (plan == 0) {
		skipped++
		own_skips++
	}
}

/^(not )?ok( |$)/ {
	if (!running)
		begin(name)
	seen++
	if (/^not/) {
		fail($0)
	} else if (toupper($0) ~ /# SKIP/) {
		skipped++
		own_skips++
	} else {
		passed++
	}
}

/^Bail out!/ {
	fail($0)
	running = 0
}

# kselftests end with 4 when they skip.
/^# status: / {
	if ($3 != 0 && !own_failures && !($3 == 4 && own_skips))
		fail("it ended with status " $3)
	end()
}

END {
	end()
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed || !passed
}
