/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A serial port: as much of a 16550A as the drivers of Linux use.  Any thread may call
 * any of these; none of them waits for the outside.
 */
#ifndef SERIAL_H
#define SERIAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERIAL_FIFO	64

struct vm;

struct serial {
	const struct vm *vm;
	unsigned int line;	/* of interrupts */
	int emptied;		/* eventfd, or -1 */
	pthread_mutex_t lock;	/* all below */
	uint8_t ier, fcr, lcr, mcr, scr, dll, dlm;
	bool thre_pending;	/* "transmitter empty" not yet read from IIR */
	bool irq;		/* level of the line */
	bool was_full;		/* serial_room() said so: signal ->emptied */
	uint8_t rx[SERIAL_FIFO];
	size_t rx_start;
	size_t rx_count;
};

/* @emptied: an eventfd, see serial_room(), or -1. */
void serial_init(struct serial *serial, const struct vm *vm, unsigned int line,
		 int emptied);
uint8_t serial_read(struct serial *serial, unsigned int reg);

/* True: the guest transmitted @value, and the caller is to put it out. */
bool serial_write(struct serial *serial, unsigned int reg, uint8_t value);

/*
 * How many bytes serial_feed() can take now.  After it has returned 0, @emptied is
 * signalled once the guest has taken all that was there.
 */
size_t serial_room(struct serial *serial);
void serial_feed(struct serial *serial, const uint8_t *bytes, size_t len);

#endif /* SERIAL_H */
