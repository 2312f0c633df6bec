// SPDX-License-Identifier: GPL-2.0-only
/* What is accepted; what is refused, bad-inputs has. */
#include <getopt.h>
#include <limits.h>
#include <stddef.h>

#include "guest/mem.h"
#include "vmm/conf.h"
#include "tap.h"

#define ARGS_MAX	20

static struct conf parse(const char *const *args)
{
	char *argv[ARGS_MAX] = { (char *)"panicvm" };
	struct conf conf;
	int argc = 1;

	while (*args)
		argv[argc++] = (char *)*args++;
	optind = 0;	/* as for a new command line */
	conf_parse(&conf, argc, argv);
	return conf;
}

#define PARSE(...)	parse((const char *const[]){ __VA_ARGS__, NULL })

static void test_defaults(void)
{
	struct conf c = PARSE("--kernel", "k");

	claim_string(c.boot.kernel, "k", "conf: --kernel");
	claim(c.memory == 256 * MIB && c.smp == 1 && c.irqchip,
	      "conf: 256M, one vCPU and an irqchip by default");
	claim(c.models.isa && c.models.isa_port == 0x505 && !c.models.hyperv,
	      "conf: isa at 0x505 by default");
	claim(c.backend == CHOOSE_AUTO && c.policy.on_panic == PANIC_DESTROY,
	      "conf: auto and destroy by default");
	claim_number(c.restarts, UINT_MAX, "conf: any number of restarts");
	claim(!c.silence, "conf: no limit of silence by default");
	claim(!c.results && !c.report && !c.timeout && !c.boot.initrd &&
	      !*c.boot.append && !c.core && !c.monitor, "conf: no file but the kernel by default");
	claim(c.exit_port < 0, "conf: no exit port by default");
	claim(!c.policy.hyperv_waits,
	      "conf: no dump is expected of a guest that reports to Hyper-V");
	claim(!c.policy.crashload_panics && !c.dump_timeout,
	      "conf: a crash kernel has all the time by default");
}

static void test_all(void)
{
	struct conf c = PARSE("--flat=f", "--memory=4G", "--smp=8",
			      "--panic=isa=0x510,hyperv", "--backend=kernel",
			      "--on-panic=ignore", "--timeout=7",
			      "--report=-", "--name=vm 1", "--core=d/c",
			      "--monitor=m", "--on-crashload=wait=9",
			      "--results=r", "--exit-port=0xffff",
			      "--silence=5", "--restarts=0");

	claim_string(c.boot.flat, "f", "conf: --flat");
	claim(c.memory == 4 * GIB && c.smp == 8, "conf: --memory and --smp");
	claim(c.models.isa && c.models.isa_port == 0x510 && c.models.hyperv,
	      "conf: two models and a port");
	claim(c.backend == CHOOSE_KERNEL && c.policy.on_panic == PANIC_IGNORE,
	      "conf: --backend and --on-panic");
	claim_number(c.timeout, 7, "conf: --timeout");
	claim_number(c.silence, 5, "conf: --silence");
	claim_number(c.restarts, 0, "conf: --restarts");
	claim_string(c.report, "-", "conf: --report");
	claim_string(c.results, "r", "conf: --results");
	claim_number((uint64_t)c.exit_port, 0xffff, "conf: --exit-port");
	claim_string(c.name, "vm 1", "conf: --name");
	claim_string(c.core, "d/c", "conf: --core");
	claim_string(c.monitor, "m", "conf: --monitor");
	claim_number(c.dump_timeout, 9, "conf: --on-crashload wait=SECONDS");
	claim(c.policy.hyperv_waits,
	      "conf: given by hand, it waits after a report to Hyper-V");
}

static void test_switches(void)
{
	struct conf c = PARSE("--flat", "f", "--irqchip", "local");

	claim(!c.irqchip && c.sandbox, "conf: --irqchip local");
	c = PARSE("--kernel", "k", "--irqchip=on", "--sandbox=off");
	claim(c.irqchip && !c.sandbox, "conf: --sandbox off");
}

static void test_models(void)
{
	struct conf c = PARSE("--flat", "f", "--panic", "none");

	claim(models_empty(&c.models), "conf: none is no model");
	c = PARSE("--flat", "f", "--panic", "hyperv");
	claim(c.models.hyperv && !c.models.isa, "conf: hyperv alone");
	c = PARSE("--flat", "f", "--panic", "isa=65535");
	claim_number(c.models.isa_port, 0xffff, "conf: the last port");
	c = PARSE("--flat", "f", "--panic", "mmio");
	claim(c.models.mmio && c.models.mmio_addr == 0xfeb00000 &&
	      !c.models.isa, "conf: mmio alone, at its usual address");
	c = PARSE("--flat", "f", "--panic", "none", "--exit-port", "0x505");
	claim_number((uint64_t)c.exit_port, 0x505,
		     "conf: pvpanic's port is free if it is not there");
	c = PARSE("--flat", "f", "--exit-port", "760");
	claim_number((uint64_t)c.exit_port, 0x2f8, "conf: so is COM2's");
	c = PARSE("--flat", "f", "--panic", "mmio=0x10000000,isa");
	claim(c.models.mmio_addr == 0x10000000 && c.models.isa,
	      "conf: the first address above RAM, and isa beside it");
	c = PARSE("--flat", "f", "--panic", "mmio=0xfffffffffffff");
	claim_number(c.models.mmio_addr, 0xfffffffffffff,
		     "conf: the last address");
	c = PARSE("--flat", "f", "--memory", "1024K");
	claim_number(c.memory, MIB, "conf: the least memory");
}

void test_conf(void)
{
	test_defaults();
	test_all();
	test_switches();
	test_models();
}
