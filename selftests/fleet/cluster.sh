# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2016,SC2154 # for inner shells; $work is of who sources this
#
# A Slurm cluster on this machine, for test programs: a controller, and nodes that
# each have network, host name, processes and work disk of their own, in
# namespaces.  Needs root.  Everything is below $work, and gone after
# cluster_down.
#
#	cluster_up NODE...	configure and start all of it
#	node_kill NODE		with all that runs there, as if its power failed
#	node_start NODE		it boots
#	node_cut NODE		its cable is pulled; all goes on running there
#	node_join NODE		its cable is in again
#	node_fill NODE		its work disk is full
#	controller_stop [SIGNAL]; controller_start

# Where each node has its work disk: the path is the same, the disk is not.
local_disk=$work/local
cluster=kpf$$
cluster_net=10.98.76
declare -A node_pid=() node_number=()
controller_pid='' munged_pid=''

slurm() { # PROGRAM ARGUMENT...
	SLURM_CONF=$work/slurm.conf "$@"
}

# In the namespaces of the controller.
as_controller() { # COMMAND...
	ip netns exec "$cluster-ctl" unshare --uts sh -c \
		'hostname kpfctl; exec "$@"' sh "$@"
}

cluster_config() { # NODE...
	local node

	cat <<-END
	ClusterName=kpf
	SlurmctldHost=kpfctl($cluster_net.1)
	SlurmUser=root
	SlurmdUser=root
	AuthType=auth/munge
	AuthInfo=socket=$work/munge/socket,cred_expire=5
	CredType=cred/munge
	ProctrackType=proctrack/linuxproc
	TaskPlugin=task/none
	JobAcctGatherType=jobacct_gather/none
	AccountingStorageType=accounting_storage/none
	MpiDefault=none
	SwitchType=switch/none
	SelectType=select/cons_tres
	SelectTypeParameters=CR_CPU
	SchedulerType=sched/builtin
	SchedulerParameters=batch_sched_delay=0,sched_min_interval=1,sched_interval=1,default_queue_depth=1000,nohold_on_prolog_fail
	SlurmdParameters=config_overrides
	MaxArraySize=10001
	MaxJobCount=20000
	ReturnToService=2
	JobRequeue=1
	RequeueExit=75
	RequeueExitHold=76
	SlurmctldTimeout=10
	SlurmdTimeout=10
	BatchStartTimeout=10
	KillWait=2
	TCPTimeout=2
	MessageTimeout=5
	MinJobAge=2
	Prolog=$work/prolog
	StateSaveLocation=$work/state
	SlurmdSpoolDir=$work/spool-%n
	SlurmdPidFile=$work/slurmd-%n.pid
	SlurmctldPidFile=$work/slurmctld.pid
	SlurmctldLogFile=$work/slurmctld.log
	SlurmdLogFile=$work/slurmd-%n.log
	SlurmctldPort=6817
	SlurmdPort=6818
	END
	for node; do
		echo "NodeName=$node NodeHostname=$node" \
		     "NodeAddr=$cluster_net.${node_number[$node]}" \
		     "CPUs=2 RealMemory=512 State=UNKNOWN"
	done
	echo "PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP"
}

# A node that cannot write to its disk takes no task, rather than all of them.
cluster_prolog() {
	cat <<-END
	#!/bin/sh
	probe=$local_disk/.probe-\$\$
	dd if=/dev/zero of="\$probe" bs=64k count=4 conv=fsync 2>/dev/null
	status=\$?
	rm -f "\$probe"
	[ \$status = 0 ] && [ -c /dev/kvm ]
	END
}

# An end of a cable in a network namespace, the other at the switch.
plug_in() { # NAMESPACE NUMBER
	ip netns add "$1"
	ip link add "$1" type veth peer name eth0 netns "$1"
	ip link set "$1" master "$cluster" up
	ip -n "$1" addr add "$cluster_net.$2/24" dev eth0
	ip -n "$1" link set eth0 up
	ip -n "$1" link set lo up
}

start_munged() {
	mkdir -m 700 "$work/munge"
	dd if=/dev/urandom of="$work/munge/key" bs=64 count=1 2>/dev/null
	chmod 600 "$work/munge/key"
	munged --foreground --force --socket="$work/munge/socket" \
		--key-file="$work/munge/key" --pid-file="$work/munge/pid" \
		--log-file="$work/munge/log" --seed-file="$work/munge/seed" \
		>"$work/munged.out" 2>&1 &
	munged_pid=$!
	wait_until 20 test -S "$work/munge/socket"
}

controller_start() {
	# Not by a function: what is killed has to be slurmctld itself.
	ip netns exec "$cluster-ctl" unshare --uts sh -c \
		'hostname kpfctl; exec slurmctld -D -f "$1"' sh \
		"$work/slurm.conf" >>"$work/slurmctld.out" 2>&1 &
	controller_pid=$!
	wait_until 60 controller_answers
}

controller_answers() {
	slurm as_controller timeout 10 scontrol ping 2>/dev/null | grep -q 'is UP'
}

controller_stop() { # [SIGNAL]
	kill -s "${1:-TERM}" "$controller_pid"
	wait "$controller_pid" 2>/dev/null || true
}

node_start() { # NODE
	# shellcheck disable=SC2016 # for the inner shell
	ip netns exec "$cluster-$1" unshare --uts --ipc --pid --fork --kill-child \
		--mount-proc sh -c '
		hostname "$1"
		mount -t tmpfs -o size=16M tmpfs "$2"
		# Not as the first process, which is to stay if slurmd ends.
		slurmd -D -N "$1" -f "$3" & wait; sleep 100000000' \
		sh "$1" "$local_disk" "$work/slurm.conf" \
		>>"$work/slurmd-$1.out" 2>&1 &
	node_pid[$1]=$!
}

# unshare takes the first process of the node with it, and that all others.
node_kill() { # NODE
	kill -9 "${node_pid[$1]}"
	wait "${node_pid[$1]}" 2>/dev/null || true
}

node_cut() { # NODE
	ip link set "$cluster-$1" down
}

node_join() { # NODE
	ip link set "$cluster-$1" up
}

# The first process of the node.
node_init() { # NODE
	pgrep -P "${node_pid[$1]}"
}

node_fill() { # NODE
	nsenter -t "$(node_init "$1")" -m \
		dd if=/dev/zero of="$local_disk/full" bs=64k 2>/dev/null || true
}

node_empty() { # NODE
	nsenter -t "$(node_init "$1")" -m rm "$local_disk/full"
}

controller_is_gone() {
	! kill -0 "$controller_pid" 2>/dev/null && ! controller_answers
}

# Of those that are there, as Slurm calls them: idle, down*, ...
node_state() { # NODE
	slurm as_controller timeout 10 sinfo -h -n "$1" -o %T
}

node_is() { # NODE STATE...
	local state
	state=$(node_state "$1")
	[[ " ${*:2} " = *" $state "* ]]
}

cluster_up() { # NODE...
	local node number=10

	mkdir -p "$local_disk" "$work/state"
	ip link add "$cluster" type bridge
	ip link set "$cluster" up
	plug_in $cluster-ctl 1
	for node; do
		number=$((number + 1))
		node_number[$node]=$number
		plug_in "$cluster-$node" "$number"
	done
	cluster_config "$@" >"$work/slurm.conf"
	echo "CgroupPlugin=cgroup/v1" >"$work/cgroup.conf"
	cluster_prolog >"$work/prolog"
	chmod +x "$work/prolog"
	start_munged && controller_start || return
	for node; do
		node_start "$node"
	done
	for node; do
		wait_until 60 node_is "$node" idle || return
	done
}

cluster_down() {
	local pid link

	for pid in "${node_pid[@]}" $controller_pid $munged_pid; do
		kill -9 "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	for link in ctl "${!node_number[@]}"; do
		# The end at the switch goes at once, the namespace in its time.
		ip link del "$cluster-$link" 2>/dev/null
		ip netns del "$cluster-$link" 2>/dev/null
	done
	ip link del "$cluster" 2>/dev/null
	return 0
}

# For a condition; what does not come is said.
wait_until() { # SECONDS COMMAND...
	local end=$((SECONDS + $1))

	until "${@:2}"; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "# waited $1 s in vain: ${*:2}"
			return 1
		fi
		sleep 0.2
	done
}
