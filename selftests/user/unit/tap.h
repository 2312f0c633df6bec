/* SPDX-License-Identifier: GPL-2.0-only */
/* One line of TAP for each claim; the tests of one module are one function. */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stdint.h>

/* What was got and what was wanted are shown when they differ. */
void claim(bool is_true, const char *text);
void claim_number(uint64_t got, uint64_t wanted, const char *text);
void claim_string(const char *got, const char *wanted, const char *text);

/* Is that where an assert() ends the program? */
bool aborts(void (*fn)(void));

void test_acpi(void);
void test_bzimage(void);
void test_chipset(void);
void test_client(void);
void test_conf(void);
void test_console(void);
void test_core_file(void);
void test_crash_msr(void);
void test_cpuid(void);
void test_decode(void);
void test_dump(void);
void test_elf(void);
void test_exit_decode(void);
void test_guest_kernel(void);
void test_guest_log(void);
void test_hmp(void);
void test_incident(void);
void test_json_parse(void);
void test_json_split(void);
void test_kallsyms(void);
void test_kmsg(void);
void test_machine(void);
void test_mem(void);
void test_out(void);
void test_panic(void);
void test_printk(void);
void test_qmp_regs(void);
void test_report(void);
void test_rtc(void);
void test_serial(void);
void test_signature(void);
void test_text(void);
void test_vcpu(void);
void test_vm(void);

#endif /* TAP_H */
