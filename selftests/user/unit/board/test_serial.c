// SPDX-License-Identifier: GPL-2.0-only
/* COM1 as a driver sees it. */
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <linux/serial_reg.h>

#include "board/serial.h"
#include "kvm/vm.h"
#include "tap.h"

static const struct vm no_vm = { .fd = -1 };
static struct serial com1;

static uint8_t in(unsigned int reg)
{
	return serial_read(&com1, reg);
}

static bool out(unsigned int reg, uint8_t value)
{
	return serial_write(&com1, reg, value);
}

static void test_probe(void)
{
	out(UART_FCR, UART_FCR_ENABLE_FIFO);
	claim_number(in(UART_IIR), 0xc1, "serial: it is a 16550A");
	out(UART_SCR, 0x5a);
	claim_number(in(UART_SCR), 0x5a, "serial: the scratch register keeps");
	out(UART_LCR, UART_LCR_DLAB);
	out(UART_DLL, 1);
	claim(!out(UART_TX, 'x') && in(UART_DLL) == 'x',
	      "serial: with DLAB, bytes set the speed");
	out(UART_LCR, UART_LCR_WLEN8);
	out(UART_MCR, UART_MCR_LOOP | UART_MCR_OUT2 | UART_MCR_RTS);
	claim_number(in(UART_MSR), UART_MSR_DCD | UART_MSR_CTS,
		     "serial: a loop brings the modem lines back");
	claim(!out(UART_TX, 'l') && in(UART_RX) == 'l',
	      "serial: and what is sent, which does not go out");
	claim(!com1.irq, "serial: without an interrupt");
	out(UART_MCR, UART_MCR_OUT2);
}

static void test_transmit(void)
{
	out(UART_IER, UART_IER_THRI);
	claim_number(in(UART_IIR) & 7, UART_IIR_THRI,
		     "serial: enabling THRI interrupts at once");
	claim(!com1.irq, "serial: reading IIR takes it back");
	out(UART_IER, 0);
	out(UART_IER, UART_IER_THRI);
	claim(com1.irq, "serial: enabling THRI again interrupts again");
	in(UART_IIR);
	claim(out(UART_TX, 'x'), "serial: a byte goes out");
	claim(com1.irq, "serial: and interrupts again");
	out(UART_MCR, 0);
	claim(!com1.irq, "serial: not without OUT2");
	out(UART_MCR, UART_MCR_OUT2);
	in(UART_IIR);
	out(UART_IER, 0);
}

static void test_receive(void)
{
	uint8_t bytes[SERIAL_FIFO + 1];

	memset(bytes, 'r', sizeof(bytes));
	claim_number(serial_room(&com1), SERIAL_FIFO, "serial: it is empty");
	out(UART_IER, UART_IER_RDI);
	serial_feed(&com1, bytes, 1);
	claim(com1.irq && (in(UART_IIR) & 7) == UART_IIR_RDI,
	      "serial: a byte that arrives interrupts");
	claim(in(UART_LSR) & UART_LSR_DR, "serial: LSR says so too");
	claim(in(UART_RX) == 'r' && !com1.irq, "serial: until it is read");
	serial_feed(&com1, bytes, sizeof(bytes));
	claim_number(serial_room(&com1), 0, "serial: it holds no more than it can");
	out(UART_FCR, UART_FCR_ENABLE_FIFO | UART_FCR_CLEAR_RCVR);
	claim(serial_room(&com1) == SERIAL_FIFO && !com1.irq,
	      "serial: clearing the FIFO empties it");
}

static bool is_signalled(int fd)
{
	uint64_t count;

	return read(fd, &count, sizeof(count)) == sizeof(count);
}

static void test_room(void)
{
	static const uint8_t bytes[SERIAL_FIFO];
	int emptied = eventfd(0, EFD_NONBLOCK);
	unsigned int i;

	serial_init(&com1, &no_vm, 4, emptied);
	serial_feed(&com1, bytes, 1);
	in(UART_RX);
	claim(!is_signalled(emptied),
	      "serial: without a full FIFO nobody waits for room");
	serial_feed(&com1, bytes, SERIAL_FIFO);
	claim_number(serial_room(&com1), 0, "serial: it is full");
	for (i = 0; i < SERIAL_FIFO - 1; i++)
		in(UART_RX);
	claim(!is_signalled(emptied), "serial: one byte is left");
	in(UART_RX);
	claim(is_signalled(emptied),
	      "serial: the guest has taken all: whoever found it full hears of it");
	in(UART_RX);
	claim(!is_signalled(emptied), "serial: once");
	serial_feed(&com1, bytes, SERIAL_FIFO);
	serial_room(&com1);
	out(UART_FCR, UART_FCR_ENABLE_FIFO | UART_FCR_CLEAR_RCVR);
	claim(is_signalled(emptied), "serial: also if the FIFO is cleared");
	close(emptied);
}

void test_serial(void)
{
	serial_init(&com1, &no_vm, 4, -1);
	test_probe();
	test_transmit();
	test_receive();
	test_room();
}
