# SPDX-License-Identifier: GPL-2.0-only
#
# Two files of "RESULT TEST SECONDS HOW [WHY]", of the distribution's modules
# and of the patched ones, to a table and the counts.  A test may be in each
# several times; it fails if it had an end with the patched modules that it
# never had with the distribution's.
#
# What a test said last is that with the patched modules, and not compared: it
# may name times.

function add(side) {
	if (!has(ends[side, $2], $4))
		ends[side, $2] = ends[side, $2] "/" $4
}

function has(list, end) {
	return index(list "/", "/" end "/")
}

function within(these, those,   n, i, end) {
	n = split(these, end, "/")
	for (i = 2; i <= n; i++)
		if (!has(those, end[i]))
			return 0
	return 1
}

function row(name, was, is) {
	printf "| %s | %s | %s | %s |\n", name, substr(was, 2), substr(is, 2),
		why[name]
	if (!within(is, was))
		failed++
	else if (is == "/skip")
		skipped++
	else
		passed++
}

BEGIN {
	print "| test | stock | patched | why |"
	print "| --- | --- | --- | --- |"
}

$1 != "RESULT" { next }

FILENAME == ARGV[1] {
	add("stock")
	next
}

!(("patched", $2) in ends) { test[++tests] = $2 }

{
	add("patched")
	for (i = 5; i <= NF; i++)
		why[$2] = (i == 5 ? "" : why[$2] " ") $i
}

END {
	for (i = 1; i <= tests; i++)
		row(test[i], ends["stock", test[i]], ends["patched", test[i]])
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed || !passed
}
