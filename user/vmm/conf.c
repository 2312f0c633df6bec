// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: argv.  Out: struct conf with every value in its range, or one sentence
 * that names the option, what is wrong and what would be right.
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/text.h"
#include "board/chipset.h"
#include "guest/mem.h"
#include "vmm/conf.h"
#include "vmm/conf_values.h"

static const char help[] =
"panicvm [options] --kernel FILE    boot a Linux bzImage or vmlinux\n"
"panicvm [options] --flat FILE      run a flat real-mode binary at 0x1000\n"
"panicvm --kmsg COREFILE            print the kernel's log that a core holds\n"
"\n"
"  --initrd FILE        initial RAM disk of the kernel\n"
"  --append TEXT        command line of the kernel\n"
"  --memory SIZE        with K, M or G (default 256M)\n"
"  --smp N              vCPUs, 1 to 8 (default 1)\n"
"  --irqchip on|local   on (default): KVM's interrupt controllers and timer;\n"
"                       local: local APICs alone, with which a --flat guest\n"
"                       starts and ends faster\n"
"  --panic LIST         models the guest gets, with commas between them:\n"
"                       hyperv, isa[=PORT], mmio[=ADDRESS], none\n"
"                       (default isa; port 0x505, address 0xfeb00000)\n"
"  --backend B          auto (default): the host's guest-panic device if it\n"
"                       has one; kernel: only that; userspace: never that\n"
"  --on-panic ACTION    destroy (default): end with status 3; restart: boot\n"
"                       afresh; rename-restart: the same, and keep the VM that\n"
"                       panicked, with its monitor at PATH.crashed-N;\n"
"                       preserve: stop it for good; pause: stop it until a\n"
"                       monitor's client sends cont; ignore: let it go on\n"
"  --restarts N         at most N restarts; the next panic ends it\n"
"  --on-crashload MODE  wait[=SECONDS] (default): a guest with a crash kernel\n"
"                       dumps itself, and its next reset, power-off or time-out\n"
"                       counts as that panic; panic: do not wait for it.  If\n"
"                       wait is given, it waits after a Hyper-V report too\n"
"  --core FILE          write a vmcore before the action, unless it is ignore\n"
"  --report FILE        append one JSON object a line for each event;\n"
"                       '-' is stdout (text for people goes to stderr)\n"
"  --results FILE       empty FILE, and give the guest a COM2 that writes to it\n"
"  --monitor PATH       answer QMP on a Unix socket\n"
"  --name NAME          what the report calls the VM (default panicvm), at most\n"
"                       256 bytes\n"
"  --timeout SECONDS    end with status 124 after so many seconds\n"
"  --silence SECONDS    the same, once the guest has written nothing to a serial\n"
"                       port for so long\n"
"  --exit-port PORT     end when the guest writes a byte there: with 0 for 0, else\n"
"                       with 15 more than that, but 63 at most\n"
"  --sandbox on|off     on (default): while the guest runs, panicvm has no\n"
"                       privileges, opens no file but cores and starts no\n"
"                       program\n"
"  --version            say what panicvm and this host can do\n"
"  --help               print this\n"
"\n"
"The guest's serial port is stdin and stdout.\n"
"On a terminal, Ctrl-A x ends panicvm.\n"
"Exit status: 0 the guest powered off, 1 the host failed, 2 bad usage,\n"
"3 the guest panicked, 4 triple fault or KVM internal error, 5 the guest asked\n"
"for a reset, 6 it halted for good, 16 to 63 by --exit-port, 124 time-out or\n"
"silence.\n";

static void parse_memory(struct conf *conf, const char *text)
{
	conf->memory = conf_memory(text);
}

static void parse_smp(struct conf *conf, const char *text)
{
	conf->smp = (unsigned int)conf_number("--smp", text, 1, MAX_VCPUS);
}

static void parse_panic(struct conf *conf, const char *text)
{
	conf->models = conf_models(text);
}

static void parse_backend(struct conf *conf, const char *text)
{
	conf->backend = conf_backend(text);
}

static void parse_action(struct conf *conf, const char *text)
{
	conf->policy.on_panic = conf_action(text);
}

static void parse_restarts(struct conf *conf, const char *text)
{
	conf->restarts = (unsigned int)conf_number("--restarts", text, 0,
						   UINT_MAX);
}

static void parse_crashload(struct conf *conf, const char *text)
{
	conf_crashload(text, &conf->policy, &conf->dump_timeout);
}

static void parse_timeout(struct conf *conf, const char *text)
{
	conf->timeout = (unsigned int)conf_number("--timeout", text, 1,
						  CONF_TIMEOUT_MAX);
}

static void parse_silence(struct conf *conf, const char *text)
{
	conf->silence = (unsigned int)conf_number("--silence", text, 1,
						  CONF_TIMEOUT_MAX);
}

static void set_kernel(struct conf *conf, const char *text)
{
	conf->boot.kernel = text;
}

static void set_flat(struct conf *conf, const char *text)
{
	conf->boot.flat = text;
}

static void set_initrd(struct conf *conf, const char *text)
{
	conf->boot.initrd = text;
}

static void set_append(struct conf *conf, const char *text)
{
	conf->boot.append = text;
}

static void set_report(struct conf *conf, const char *text)
{
	conf->report = text;
}

static void set_results(struct conf *conf, const char *text)
{
	if (!strcmp(text, "-"))
		log_die(STATUS_USAGE, "--results -: stdout is the guest's console; name a file, or a FIFO");
	conf->results = text;
}

static void parse_exit_port(struct conf *conf, const char *text)
{
	conf->exit_port = conf_exit_port(text);
}

static void set_core(struct conf *conf, const char *text)
{
	const char *name = fs_name(text);

	if (strlen(text) > CONF_CORE_MAX)
		log_die(STATUS_USAGE, "--core: is longer than %d bytes; name a file by a shorter path",
			CONF_CORE_MAX);
	if (!*name || strlen(name) > CONF_CORE_NAME_MAX)
		log_die(STATUS_USAGE, "--core %s: must name a file, with a name of at most %d bytes",
			text, CONF_CORE_NAME_MAX);
	conf->core = text;
}

static void set_monitor(struct conf *conf, const char *text)
{
	conf->monitor = text;
}

static void set_name(struct conf *conf, const char *text)
{
	if (!*text || strlen(text) > CONF_NAME_MAX || !text_is_clean(text))
		log_die(STATUS_USAGE, "--name: must be some UTF-8 text, of at most %d bytes, without control characters",
			CONF_NAME_MAX);
	conf->name = text;
}

static void parse_irqchip(struct conf *conf, const char *text)
{
	conf->irqchip = conf_is_on("--irqchip", text, "local");
}

static void parse_sandbox(struct conf *conf, const char *text)
{
	conf->sandbox = conf_is_on("--sandbox", text, "off");
}

static void set_kmsg(struct conf *conf, const char *text)
{
	conf->kmsg = text;
}

static void set_version(struct conf *conf, const char *text)
{
	(void)text;
	conf->version = true;
}

__attribute__((noreturn))
static void print_help(struct conf *conf, const char *text)
{
	(void)conf;
	(void)text;
	fputs(help, stdout);
	exit(fflush(stdout) ? STATUS_HOST : 0);
}

/* In the order of options[]: getopt_long_only() gives the index. */
static void (*const setters[])(struct conf *conf, const char *text) = {
	set_kernel, set_flat, set_initrd, set_append, parse_memory, parse_smp,
	parse_irqchip, parse_panic, parse_backend, parse_action,
	parse_restarts, parse_crashload, set_core, set_report, set_results,
	set_monitor, set_name, parse_timeout, parse_silence, parse_exit_port,
	parse_sandbox, set_kmsg, set_version, print_help,
};

static const struct option options[] = {
	{ "kernel",	required_argument, NULL, 1 },
	{ "flat",	required_argument, NULL, 1 },
	{ "initrd",	required_argument, NULL, 1 },
	{ "append",	required_argument, NULL, 1 },
	{ "memory",	required_argument, NULL, 1 },
	{ "smp",	required_argument, NULL, 1 },
	{ "irqchip",	required_argument, NULL, 1 },
	{ "panic",	required_argument, NULL, 1 },
	{ "backend",	required_argument, NULL, 1 },
	{ "on-panic",	required_argument, NULL, 1 },
	{ "restarts",	required_argument, NULL, 1 },
	{ "on-crashload", required_argument, NULL, 1 },
	{ "core",	required_argument, NULL, 1 },
	{ "report",	required_argument, NULL, 1 },
	{ "results",	required_argument, NULL, 1 },
	{ "monitor",	required_argument, NULL, 1 },
	{ "name",	required_argument, NULL, 1 },
	{ "timeout",	required_argument, NULL, 1 },
	{ "silence",	required_argument, NULL, 1 },
	{ "exit-port",	required_argument, NULL, 1 },
	{ "sandbox",	required_argument, NULL, 1 },
	{ "kmsg",	required_argument, NULL, 1 },
	{ "version",	no_argument,	   NULL, 1 },
	{ "help",	no_argument,	   NULL, 1 },
	{ }
};

_Static_assert(sizeof(setters) / sizeof(setters[0]) ==
	       sizeof(options) / sizeof(options[0]) - 1,
	       "one setter for each option");

/* The guest's devices, each at ports of its own. */
static void check_ports(const struct conf *conf)
{
	const struct models *models = &conf->models;

	if (conf->results && models->isa && chipset_is_com2(models->isa_port))
		log_die(STATUS_USAGE, "--panic isa=0x%x: COM2 answers there, for --results; 0x%x is free",
			models->isa_port, PVPANIC_ISA_PORT);
	if (conf->exit_port < 0)
		return;
	if (conf->results && chipset_is_com2((uint16_t)conf->exit_port))
		log_die(STATUS_USAGE, "--exit-port 0x%x: COM2 answers there, for --results; 0x%x is free",
			conf->exit_port, CONF_EXIT_PORT);
	if (models->isa && models->isa_port == conf->exit_port)
		log_die(STATUS_USAGE, "--exit-port 0x%x: pvpanic answers there; 0x%x is free",
			conf->exit_port, CONF_EXIT_PORT);
}

static void check_images(const struct conf *conf)
{
	if (!conf->boot.kernel && !conf->boot.flat)
		log_die(STATUS_USAGE, "nothing to run: give --kernel FILE or --flat FILE; --help says more");
	if (conf->boot.kernel && conf->boot.flat)
		log_die(STATUS_USAGE, "--kernel and --flat: give one of them");
	if (conf->boot.flat && (conf->boot.initrd || *conf->boot.append))
		log_die(STATUS_USAGE, "--flat: takes no --initrd and no --append; they are for --kernel");
}

/* Only a monitor can end a VM that is kept. */
static void check_kept(const struct conf *conf)
{
	if (conf->policy.on_panic == PANIC_RENAME_RESTART && !conf->monitor)
		log_die(STATUS_USAGE, "--on-panic rename-restart: keeps the VM that panicked for its monitor; give --monitor PATH too");
}

/* ACPI tells Linux of the others. */
static void check_irqchip(const struct conf *conf)
{
	if (!conf->irqchip && !conf->boot.flat)
		log_die(STATUS_USAGE, "--irqchip local: is for --flat");
}

void conf_parse(struct conf *conf, int argc, char **argv)
{
	int index = 0;
	int c;

	*conf = (struct conf){
		.boot.append = "",
		.memory = 256 * MIB,
		.smp = 1,
		.restarts = UINT_MAX,
		.irqchip = true,
		.models = { .isa = true, .isa_port = PVPANIC_ISA_PORT },
		.policy.on_panic = PANIC_DESTROY,
		.sandbox = true,
		.name = "panicvm",
		.exit_port = -1,
	};
	opterr = 0;
	while ((c = getopt_long_only(argc, argv, ":", options, &index)) != -1) {
		if (c == ':')
			log_die(STATUS_USAGE, "%s: needs a value; --help says which",
				argv[optind - 1]);
		if (c != 1)
			log_die(STATUS_USAGE, "%s: is not an option, or not one that takes a value; --help lists them",
				argv[optind - 1]);
		setters[index](conf, optarg);
	}
	if (optind < argc)
		log_die(STATUS_USAGE, "%s: is not an option; --help lists them",
			argv[optind]);
	if (conf->version || conf->kmsg)
		return;
	check_images(conf);
	check_irqchip(conf);
	check_kept(conf);
	check_ports(conf);
	conf_check_models(&conf->models, conf->memory);
}
