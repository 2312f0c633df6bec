// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest names the page that it hands over, so it can be anything.  What of
 * the page is RAM is read, and no more than a page: a guest that says too much
 * has still said something.
 */
#include <string.h>
#include <time.h>

#include "guest/guest_log.h"
#include "guest/kmsg.h"
#include "guest/log_buffer.h"
#include "guest/printk_text.h"

/*
 * To search all RAM takes milliseconds, and a guest can report as fast as it
 * likes: searches get one part in so many of the time.
 */
#define SEARCH_SHARE	10

#define PANIC		"Kernel panic - not syncing"
#define VERSION		"Linux version "

const char *kmsg_source_name(enum kmsg_source source)
{
	static const char *const names[] = {
		[KMSG_NOTIFY_MSG] = "notify-msg",
		[KMSG_PRINTK_RING] = "printk-ring",
		[KMSG_LOG_BUFFER] = "log-buffer",
	};

	return names[source];
}

static uint64_t page_bytes(const struct mem *mem, const struct kmsg_page *page)
{
	uint64_t room = mem_room(mem, page->gpa);
	uint64_t len = page->bytes;

	if (len > KMSG_PAGE)
		len = KMSG_PAGE;
	return len < room ? len : room;
}

size_t kmsg_read_page(const struct mem *mem, const struct kmsg_page *page,
		      char *out)
{
	uint64_t len = page_bytes(mem, page);
	uint8_t copy[KMSG_PAGE];

	out[0] = '\0';
	if (!len)
		return 0;
	/* A copy first: devices may still write to it, and so change it. */
	memcpy(copy, mem_at(mem, page->gpa, len), len);
	return text_clean(out, copy, len);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* One line of a guest's, @size bytes of it with the NUL. */
static void take_line(char *out, size_t size, const char *text, size_t len)
{
	const char *newline = memchr(text, '\n', len);

	if (newline)
		len = (size_t)(newline - text);
	text_clean_cut(out, size, (const uint8_t *)text, len);
}

static void take_release(const struct guest_log *log, struct kmsg *kmsg)
{
	struct printk_record record;
	const char *text, *end;
	size_t len = vmcoreinfo_text(&log->kernel.info, "OSRELEASE", &text);

	if (!len && printk_ring_find_line(&log->ring, VERSION, &record)) {
		text = record.text + strlen(VERSION);
		len = record.len - strlen(VERSION);
		end = memchr(text, ' ', len);
		len = end ? (size_t)(end - text) : len;
	}
	if (len)
		take_line(kmsg->release, sizeof(kmsg->release), text, len);
}

static void take_build_id(const struct guest_log *log, struct kmsg *kmsg)
{
	const char *text;
	size_t len = vmcoreinfo_text(&log->kernel.info, "BUILD-ID", &text);

	if (len && len <= KMSG_BUILD_ID_MAX &&
	    strspn(text, "0123456789abcdef") == len)
		take_line(kmsg->build_id, sizeof(kmsg->build_id), text, len);
}

static void take_command_line(const struct guest_log *log, struct kmsg *kmsg)
{
	struct printk_record record;

	if (printk_ring_find_line(&log->ring, GUEST_LOG_COMMAND_LINE, &record))
		take_line(kmsg->command_line, sizeof(kmsg->command_line),
			  record.text + strlen(GUEST_LOG_COMMAND_LINE),
			  record.len - strlen(GUEST_LOG_COMMAND_LINE));
}

/*
 * The newest lines, @size bytes of them, or if it has panicked, those about
 * that: half of them may follow the line that says so.
 */
static size_t take_text(const struct guest_log *log, const uint64_t *panic,
			bool own, size_t size, char *out)
{
	static char bytes[KMSG_OWN_TAIL];
	struct printk_text text;
	uint64_t newest = 0;

	if (panic)
		newest = printk_text_newest(&log->ring, *panic, size / 2);
	printk_text_init(&text, bytes, size);
	printk_text_add_tail(&text, &log->ring, newest, own);
	return text_clean(out, (uint8_t *)bytes + text.start,
			  size - text.start);
}

static void take_log(const struct guest_log *log, uint64_t *left,
		     struct kmsg *kmsg, char *own)
{
	uint64_t panic = 0;
	bool has_panic;

	take_release(log, kmsg);
	take_build_id(log, kmsg);
	take_command_line(log, kmsg);
	*left = GUEST_STEP_COST;
	has_panic = printk_ring_find_panic(&log->ring, &panic);
	/* If none runs, any program may have written it all. */
	kmsg->in_crash_kernel = log->kernel.runs && log->in_crash_kernel;
	kmsg->panicked = log->kernel.runs &&
			 (has_panic || log->in_crash_kernel);
	*left = GUEST_STEP_COST;
	if (take_text(log, has_panic ? &panic : NULL, false, KMSG_TAIL,
		      kmsg->text))
		kmsg->source = log->kernel.gpa ? KMSG_PRINTK_RING :
						 KMSG_LOG_BUFFER;
	*left = GUEST_STEP_COST;
	if (own)
		take_text(log, has_panic ? &panic : NULL, true, KMSG_OWN_TAIL,
			  own);
}

static void take_raw_text(const struct guest_reader *reader, struct kmsg *kmsg)
{
	char text[KMSG_TAIL];
	size_t len = log_buffer_text(reader, text, sizeof(text));

	if (text_clean(kmsg->text, (uint8_t *)text, len))
		kmsg->source = KMSG_LOG_BUFFER;
}

/* With all of memory to be searched; what is in doubt, anew each time. */
static bool search(struct kmsg_memory *memory,
		   const struct guest_reader *reader,
		   const struct paging *tables, unsigned int nr,
		   struct guest_log *log, struct kmsg *kmsg)
{
	uint64_t start = now();
	uint64_t end;
	bool found;

	if (start < memory->not_before)
		return false;
	found = guest_log_find(log, reader, tables, nr);
	if (!found)
		take_raw_text(reader, kmsg);
	memory->place = found && log->kernel.runs ? log->place : 0;
	memory->has_callers = log->has_callers;
	end = now();
	memory->not_before = end + (end - start) * SEARCH_SHARE;
	return found;
}

void kmsg_read_log(struct kmsg_memory *memory, const struct guest_reader *from,
		   const struct regs *const *vcpus, unsigned int nr,
		   struct kmsg *kmsg, char *own)
{
	struct guest_reader reader = *from;
	struct paging tables[MAX_VCPUS];
	uint64_t left = GUEST_STEP_COST;
	struct guest_log log;

	*kmsg = (struct kmsg){ .source = KMSG_NONE };
	if (own)
		*own = '\0';
	reader.left = &left;
	nr = paging_of_vcpus(tables, vcpus, nr);
	if ((memory->place &&
	     guest_log_at(&log, &reader, memory->place, memory->has_callers,
			  tables, nr)) ||
	    search(memory, &reader, tables, nr, &log, kmsg))
		take_log(&log, &left, kmsg, own);
}

void kmsg_read(struct kmsg_memory *memory, const struct mem *mem,
	       const struct kmsg_page *page, const struct regs *const *vcpus,
	       unsigned int nr, struct kmsg *kmsg, char *own)
{
	char text[TEXT_CLEAN_MAX(KMSG_PAGE)];
	struct guest_reader reader;
	size_t len = kmsg_read_page(mem, page, text);

	guest_reader_of_mem(&reader, mem, NULL);
	kmsg_read_log(memory, &reader, vcpus, nr, kmsg, own);
	if (!len || (strstr(kmsg->text, PANIC) && !strstr(text, PANIC)))
		return;
	memcpy(kmsg->text, text, len + 1);
	kmsg->source = KMSG_NOTIFY_MSG;
}

bool kmsg_find_kernel(const struct kmsg_memory *memory,
		      const struct guest_reader *reader,
		      const struct regs *const *vcpus, unsigned int nr,
		      struct guest_kernel *kernel)
{
	struct paging tables[MAX_VCPUS];

	return memory->place &&
	       guest_kernel_at(kernel, reader, memory->place, tables,
			       paging_of_vcpus(tables, vcpus, nr));
}
