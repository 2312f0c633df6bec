# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # shared with common.sh and the test program
#
# A panicvm in the background, its console and its monitor, for test programs
# that have sourced common.sh.  $backend is the one to test.

mkdir "$work/vm"
mkfifo "$work/console"
exec 3<>"$work/console"
socket=$work/vm/mon

# Its report, stdout and stderr are where vm() leaves them.
start() { # OPTION...
	rm -f "$work/report"
	: >"$work/out"
	# shellcheck disable=SC2016 # for the inner shell
	timeout -k 5 "$LIMIT" sh -c 'echo $$ >"$0"; exec "$@"' "$work/pid" \
		"$PANICVM" --backend "$backend" --report "$work/report" \
		--monitor "$socket" "$@" \
		<"$work/console" >"$work/out" 2>"$work/err" 3>&- &
	pid=$!
}

# What is typed on the console.
keys() { # TEXT
	printf %s "$1" >&3
}

# Wait until a command succeeds, as long as panicvm runs; else name the command.
until_true() { # COMMAND...
	tries=$((LIMIT * 50))
	until "$@"; do
		tries=$((tries - 1))
		if [ "$tries" = 0 ] || ! kill -0 "$pid" 2>/dev/null; then
			echo "# waited in vain: $*"
			return 1
		fi
		sleep 0.01
	done
}

prints() { # TEXT
	grep -qF -- "$1" "$work/out"
}

# Wait until panicvm has ended; leaves $status.
ended() {
	status=0
	wait "$pid" || status=$?
}

# Have a client take these steps; leaves what it got in $work/qmp.
say() { # STEP...
	./qmp-say "$socket" "$LIMIT" "$@" >"$work/qmp" 2>"$work/say.err" || {
		cat "$work/say.err"
		return 1
	}
}

# Start a client that is connected before the events that it is to hear; heard()
# waits for its end.
listen() { # STEP...
	: >"$work/events"
	./qmp-say "$socket" "$LIMIT" "$@" >"$work/events" \
		2>"$work/listen.err" 3>&- &
	listener=$!
	until_true grep -q '^{"return"' "$work/events"
}

# The names of the events it heard, in order; "" if it failed.
heard() {
	wait "$listener" || {
		cat "$work/listen.err"
		return 1
	}
	heard=$(sed -n 's/.*"event":"\([A-Z_]*\)".*/\1/p' "$work/events" | xargs)
}

# What panicvm has, while the guest waits at its prompt: descriptors, threads,
# memory in KiB.
sample() {
	read -r panicvm_pid <"$work/pid"
	set -- "/proc/$panicvm_pid/fd"/*
	fds=$#
	threads=$(of_status Threads)
	data=$(of_status VmData)
	rss=$(of_status VmRSS)
}

of_status() { # NAME
	awk -v name="$1:" '$1 == name { print $2 }' "/proc/$panicvm_pid/status"
}

# A claim about the end.
ends() { # CLAIM STATUS
	ended
	claim "$backend: $1" is_status "$2"
}

answers() { # CLAIM TEXT STEP...
	claim_text="$backend: $1" wanted=$2
	shift 2
	claim "$claim_text" said_so "$wanted" "$@"
}

said_so() { # TEXT STEP...
	text=$1
	shift
	say "$@" && has "$work/qmp" "$text"
}

# A client of the VM that crashed as number N.
say_kept() { # N STEP...
	crashed=$1
	shift
	./qmp-say "$socket.crashed-$crashed" "$LIMIT" "$@" >"$work/qmp" \
		2>"$work/say.err" || {
		cat "$work/say.err"
		return 1
	}
}

# The values that a key has in the records.
each() { # KEY
	sed "s/.*\"$1\":\"\\{0,1\\}\\([^,\"]*\\).*/\\1/" "$work/report" | xargs
}
