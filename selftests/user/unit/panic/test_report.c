// SPDX-License-Identifier: GPL-2.0-only
/* The two forms of a record, whole. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/version.h"
#include "panic/report.h"
#include "tap.h"

static struct record record;
static struct regs regs;
static char text[REPORT_MAX];

static struct record *fill(enum model model, uint64_t code)
{
	memset(&record, 0, sizeof(record));
	record.time.tv_sec = 1795190400;
	record.time.tv_nsec = 1234567;
	record.vm = "a \"name\"";
	record.backend = "kernel";
	record.action = PANIC_DESTROY;
	record.core.state = "none";
	record.ender = -1;
	record.reports[0] = (struct guest_event){
		.model = model, .code = code, .seq = 5, .vcpu = 1,
	};
	record.nr_reports = 1;
	return &record;
}

static void set_text(enum kmsg_source source, const char *words)
{
	record.kmsg.source = source;
	snprintf(record.kmsg.text, sizeof(record.kmsg.text), "%s", words);
}

static const char *json(void)
{
	struct buf buf;

	buf_init(&buf, text, sizeof(text));
	report_json(&buf, &record);
	return buf.full ? "(full)" : text;
}

static void test_isa_json(void)
{
	fill(MODEL_ISA, 3);
	claim_string(json(),
		     "{\"time\":\"2026-11-20T16:00:00.001234Z\",\"vm\":\"a \\\"name\\\"\",\"seq\":5,\"model\":\"isa\",\"code\":3,\"events\":[\"PANICKED\",\"CRASH_LOADED\"],\"vcpu\":1,\"params\":[],\"decoded\":{},\"backend\":\"kernel\",\"frozen\":false,\"text\":null,\"text_source\":null,\"vcpus\":[],\"core\":{\"file\":null,\"state\":\"none\",\"bytes\":0,\"error\":null},\"unwritten\":{\"messages\":0,\"records\":0,\"console\":0,\"results\":0},\"left_out\":0,\"action\":\"destroy\",\"restarts\":0,\"reason\":\"event\",\"end\":null,\"reported\":true,\"panicked\":true,\"reports\":[{\"seq\":5,\"model\":\"isa\",\"code\":3,\"events\":[\"PANICKED\",\"CRASH_LOADED\"],\"vcpu\":1,\"params\":[],\"decoded\":{}}],\"injected_nmi\":false,\"guest\":{\"release\":null,\"command_line\":null,\"build_id\":null},\"signature\":null,\"panicvm\":\""
		     VERSION "\"}",
		     "report: pvpanic's record in JSON");
}

/* Is @part in the record's JSON? */
static void json_has(const char *part, const char *what)
{
	claim(strstr(json(), part), what);
}

static void test_hyperv_json(void)
{
	struct guest_event *ev = fill(MODEL_HYPERV, CRASH_NOTIFY)->reports;

	ev->guest_os_id = 0x810000060c750000;
	ev->param[0] = 11;
	ev->param[2] = 0xffffffff81234567;
	json_has("\"code\":\"0x8000000000000000\",\"events\":[\"NOTIFY\"]",
		 "report: Hyper-V's code is a hex string");
	json_has("\"params\":[\"0xb\",\"0x0\",\"0xffffffff81234567\",\"0x0\",\"0x0\"]",
		 "report: so are its five parameters");
	json_has("\"decoded\":{\"guest\":\"linux\",\"guest_os_id\":\"0x810000060c750000\",\"guest_version\":\"6.12.117\",\"error\":\"0xb\",\"ip\":\"0xffffffff81234567\",\"ax\":\"0x0\",\"sp\":\"0x0\"}",
		 "report: Linux is decoded");

	ev->guest_os_id = 0x0001040a00004a65;
	ev->param[0] = 0xd1;
	json_has("\"bugcheck\":\"0xd1\",\"bugcheck_name\":\"DRIVER_IRQL_NOT_LESS_OR_EQUAL\"}",
		 "report: a bugcheck is decoded");
	ev->param[0] = 0x123456;
	json_has("\"bugcheck_name\":null}", "report: one without a name");
}

static void test_message_json(void)
{
	fill(MODEL_HYPERV, CRASH_NOTIFY | CRASH_NOTIFY_MSG);
	set_text(KMSG_NOTIFY_MSG, "a\tb\n\"c\" \\x1b \303\244");
	json_has("\"text\":\"a\\tb\\n\\\"c\\\" \\\\x1b \303\244\",\"text_source\":\"notify-msg\"",
		 "report: the message is escaped, and its source said");
	set_text(KMSG_PRINTK_RING, "[    1.000000] words\n");
	json_has("\"text\":\"[    1.000000] words\\n\",\"text_source\":\"printk-ring\"",
		 "report: the kernel's log is called that");
}

static void test_longest(void)
{
	static char file[TEXT_CLEAN_MAX(1040)];
	static char name[257];
	uint8_t tail[KMSG_TAIL];
	unsigned int i;

	fill(MODEL_HYPERV, CRASH_NOTIFY | CRASH_NOTIFY_MSG);
	memset(tail, 0xff, sizeof(tail));
	record.kmsg.source = KMSG_PRINTK_RING;
	text_clean(record.kmsg.text, tail, sizeof(tail));
	text_clean(file, tail, 1040);
	record.core.file = file;
	memset(name, '"', sizeof(name) - 1);
	record.vm = name;
	memset(&regs, 0xff, sizeof(regs));
	for (i = 0; i < MAX_VCPUS; i++)
		record.vcpus[record.nr_vcpus++] = &regs;
	claim(strcmp(json(), "(full)"), "report: the longest record fits");
	json_has("{\"id\":7,\"rax\":\"0xffffffffffffffff\",",
		 "report: every vCPU is in it");
}

static void text_begins(const char *part, const char *what)
{
	claim(!strncmp(text, part, strlen(part)), what);
}

static void test_text_form(void)
{
	struct buf buf;

	fill(MODEL_HYPERV, CRASH_NOTIFY | CRASH_NOTIFY_MSG);
	set_text(KMSG_NOTIFY_MSG, "first\npanicvm: the guest powered off");
	regs.rip = 0x1234;
	record.vcpus[record.nr_vcpus++] = &regs;
	buf_init(&buf, text, sizeof(text));
	report_text(&buf, &record);
	text_begins("panicvm: the guest panicked: model hyperv, vCPU 1, NOTIFY NOTIFY_MSG\n",
		    "report: the text begins with what happened");
	claim(strstr(text, " rip 0000000000001234"), "report: has registers");
	claim(strstr(text, "\n  | first\n  | panicvm: the guest powered off\n"),
	      "report: no line of the guest's passes for one of ours");
	set_text(KMSG_PRINTK_RING, "[    1.000000] words\n");
	buf_init(&buf, text, sizeof(text));
	report_text(&buf, &record);
	claim(strstr(text, "from its kernel's log:\n  | [    1.000000] words\n"),
	      "report: it says where the words came from");
	fill(MODEL_ISA, PVPANIC_SHUTDOWN)->action = PANIC_RUN;
	buf_init(&buf, text, sizeof(text));
	report_text(&buf, &record);
	text_begins("panicvm: the guest gives notice: model isa, vCPU 1, SHUTDOWN\n",
		    "report: a notice is not called a panic");
}

static void test_kinds(void)
{
	struct buf buf;

	fill(MODEL_ISA, PVPANIC_CRASH_LOADED);
	record.kind = RECORD_DUMPED;
	record.end = END_RESET;
	record.restarts = 2;
	record.core = (struct record_core){
		.file = "c", .state = "failed", .error = "full",
	};
	json_has("\"core\":{\"file\":\"c\",\"state\":\"failed\",\"bytes\":0,\"error\":\"full\"}",
		 "report: what became of the core");
	json_has("\"restarts\":2,\"reason\":\"dump-ended\",\"end\":\"reset\",",
		 "report: how a crash kernel's dump ended");
	buf_init(&buf, text, sizeof(text));
	report_text(&buf, &record);
	text_begins("panicvm: the guest's crash kernel ended in a reset: model isa, vCPU 1, CRASH_LOADED\n",
		    "report: which the text says too");

	fill(MODEL_ISA, 0);
	record.nr_reports = 0;
	record.kind = RECORD_END;
	record.end = END_TIMEOUT;
	json_has("\"seq\":0,\"model\":null,\"code\":0,\"events\":[],\"vcpu\":null,",
		 "report: a time-out is no event");
	json_has("\"reason\":\"time-out\"", "report: and says so");
	buf_init(&buf, text, sizeof(text));
	report_text(&buf, &record);
	text_begins("panicvm: the guest was still running at the time-out\n",
		    "report: in the text as well");
	record.end = END_FAULT;
	record.ender = 2;
	json_has("\"events\":[],\"vcpu\":2,\"params\":[]",
		 "report: a vCPU that ended the boot is named");
	buf_init(&buf, text, sizeof(text));
	report_text(&buf, &record);
	text_begins("panicvm: the guest had a triple fault, by vCPU 2\n",
		    "report: in the text, too");
}

static void test_rate(void)
{
	struct report_rate rate = { 0 };
	unsigned int i, count = 0;

	/* One each millisecond, for ten seconds. */
	for (i = 0; i < 10000; i++)
		count += report_admits(&rate, i * UINT64_C(1000000));
	claim_number(count, 100 + 99, "report: notices get 10 records a second");
	claim(report_admits(&rate, 1ULL << 60), "report: one comes in peace");
}

static void test_overflow(void)
{
	char small[8];
	struct buf buf;

	buf_init(&buf, small, sizeof(small));
	buf_put(&buf, "1234567");
	claim(!buf.full, "report: a buffer can be filled");
	buf_put(&buf, "8");
	claim(buf.full, "report: and not overfilled");
	claim_string(small, "1234567", "report: what was in it stays");
}

void test_report(void)
{
	test_isa_json();
	test_hyperv_json();
	test_message_json();
	test_longest();
	test_text_form();
	test_kinds();
	test_rate();
	test_overflow();
}
