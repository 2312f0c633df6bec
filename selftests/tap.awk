# SPDX-License-Identifier: GPL-2.0-only
#
# Reads the TAP of any number of programs, one after the other; says what
# failed and ends with the line "N passed, N failed, N skipped".  Status 1 if
# anything failed or nothing passed.
#
# A program begins with its "TAP version", or with "# run: NAME" before that,
# and may end with "# status: N".  It has failed, whatever it printed, if it
# prints no plan, or other results than planned, or bails out, or ends with a
# status that its results do not explain.  After "# stage: NAME" come programs
# that NAME starts; there has to be one.

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
	programs++
	started = seen = own_failures = own_skips = 0
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

function end_stage() {
	end()
	if (stage != "" && !programs) {
		name = stage
		fail("it printed no TAP")
	}
}

# The program prints something: it is the one last named, or another one.
function start() {
	if (!running)
		begin(name)
	started = 1
}

BEGIN {
	name = "(unnamed)"
	passed = failed = skipped = 0
}

{ sub(/\r$/, "") }

/^# stage: / {
	end_stage()
	name = stage = substr($0, 10)
	programs = 0
}

/^# run: / { begin(substr($0, 8)) }

/^TAP version / {
	if (started)
		begin(name)
	start()
}

/^1\.\.[0-9]+/ {
	start()
	plan = substr($1, 4) + 0
	if (plan == 0) {
		skipped++
		own_skips++
	}
}

/^(not )?ok( |$)/ {
	start()
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
	end_stage()
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed || !passed
}
