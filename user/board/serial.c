// SPDX-License-Identifier: GPL-2.0-only
/*
 * A transmitted byte is gone at once, so the transmitter is always empty; its
 * interrupt is what makes a driver go on.  KVM sees the line as a level, and
 * drivers read IIR until nothing is pending: so no edge is lost.
 */
#include <string.h>
#include <linux/serial_reg.h>

#include "base/event_loop.h"
#include "board/serial.h"
#include "kvm/vm.h"

#define IIR_FIFO	0xc0

void serial_init(struct serial *serial, const struct vm *vm, unsigned int line,
		 int emptied)
{
	memset(serial, 0, sizeof(*serial));
	serial->vm = vm;
	serial->line = line;
	serial->emptied = emptied;
	pthread_mutex_init(&serial->lock, NULL);
}

/* What IIR says; receiving has the higher priority. */
static uint8_t pending(const struct serial *s)
{
	if (s->ier & UART_IER_RDI && s->rx_count)
		return UART_IIR_RDI;
	if (s->ier & UART_IER_THRI && s->thre_pending)
		return UART_IIR_THRI;
	return UART_IIR_NO_INT;
}

/* OUT2 connects the interrupt to the bus, on every PC since the first. */
static void update_irq(struct serial *s)
{
	bool irq = pending(s) != UART_IIR_NO_INT && s->mcr & UART_MCR_OUT2 &&
		   !(s->mcr & UART_MCR_LOOP);

	if (irq == s->irq)
		return;
	s->irq = irq;
	vm_irq(s->vm, s->line, irq);
}

static void push(struct serial *s, uint8_t byte)
{
	if (s->rx_count == SERIAL_FIFO)
		return;
	s->rx[(s->rx_start + s->rx_count) % SERIAL_FIFO] = byte;
	s->rx_count++;
}

static uint8_t pop(struct serial *s)
{
	uint8_t byte;

	if (!s->rx_count)
		return 0;
	byte = s->rx[s->rx_start];
	s->rx_start = (s->rx_start + 1) % SERIAL_FIFO;
	s->rx_count--;
	return byte;
}

static uint8_t read_iir(struct serial *s)
{
	uint8_t iir = pending(s);

	if (iir == UART_IIR_THRI)
		s->thre_pending = false;
	return s->fcr & UART_FCR_ENABLE_FIFO ? iir | IIR_FIFO : iir;
}

/* A loop at the plug: what is set in MCR comes back in MSR. */
static uint8_t read_msr(const struct serial *s)
{
	uint8_t msr = 0;

	if (!(s->mcr & UART_MCR_LOOP))
		return UART_MSR_DCD | UART_MSR_DSR | UART_MSR_CTS;
	if (s->mcr & UART_MCR_RTS)
		msr |= UART_MSR_CTS;
	if (s->mcr & UART_MCR_DTR)
		msr |= UART_MSR_DSR;
	if (s->mcr & UART_MCR_OUT1)
		msr |= UART_MSR_RI;
	if (s->mcr & UART_MCR_OUT2)
		msr |= UART_MSR_DCD;
	return msr;
}

static uint8_t read_reg(struct serial *s, unsigned int reg)
{
	bool dlab = s->lcr & UART_LCR_DLAB;

	switch (reg) {
	case UART_RX:
		return dlab ? s->dll : pop(s);
	case UART_IER:
		return dlab ? s->dlm : s->ier;
	case UART_IIR:
		return read_iir(s);
	case UART_LCR:
		return s->lcr;
	case UART_MCR:
		return s->mcr;
	case UART_LSR:
		return UART_LSR_TEMT | UART_LSR_THRE |
		       (s->rx_count ? UART_LSR_DR : 0);
	case UART_MSR:
		return read_msr(s);
	default:
		return s->scr;
	}
}

static bool transmit(struct serial *s, uint8_t byte)
{
	s->thre_pending = true;
	if (!(s->mcr & UART_MCR_LOOP))
		return true;
	push(s, byte);
	return false;
}

static void write_ier(struct serial *s, uint8_t value)
{
	/* Turning it on while the transmitter is empty interrupts at once. */
	if (value & ~s->ier & UART_IER_THRI)
		s->thre_pending = true;
	s->ier = value & 0x0f;
}

static void write_fcr(struct serial *s, uint8_t value)
{
	if (value & UART_FCR_CLEAR_RCVR)
		s->rx_count = 0;
	s->fcr = value;
}

static bool write_reg(struct serial *s, unsigned int reg, uint8_t value)
{
	bool dlab = s->lcr & UART_LCR_DLAB;

	switch (reg) {
	case UART_TX:
		if (!dlab)
			return transmit(s, value);
		s->dll = value;
		break;
	case UART_IER:
		if (dlab)
			s->dlm = value;
		else
			write_ier(s, value);
		break;
	case UART_FCR:
		write_fcr(s, value);
		break;
	case UART_LCR:
		s->lcr = value;
		break;
	case UART_MCR:
		s->mcr = value & 0x1f;
		break;
	case UART_SCR:
		s->scr = value;
		break;
	}
	return false;
}

/* Not at each byte: what comes next shall find room for more than one. */
static void update_room(struct serial *s)
{
	if (!s->was_full || s->rx_count)
		return;
	s->was_full = false;
	if (s->emptied >= 0)
		event_signal(s->emptied);
}

uint8_t serial_read(struct serial *serial, unsigned int reg)
{
	uint8_t value;

	pthread_mutex_lock(&serial->lock);
	value = read_reg(serial, reg);
	update_irq(serial);
	update_room(serial);
	pthread_mutex_unlock(&serial->lock);
	return value;
}

bool serial_write(struct serial *serial, unsigned int reg, uint8_t value)
{
	bool put;

	pthread_mutex_lock(&serial->lock);
	put = write_reg(serial, reg, value);
	update_irq(serial);
	update_room(serial);
	pthread_mutex_unlock(&serial->lock);
	return put;
}

size_t serial_room(struct serial *serial)
{
	size_t room;

	pthread_mutex_lock(&serial->lock);
	room = SERIAL_FIFO - serial->rx_count;
	serial->was_full |= !room;
	pthread_mutex_unlock(&serial->lock);
	return room;
}

void serial_feed(struct serial *serial, const uint8_t *bytes, size_t len)
{
	size_t i;

	pthread_mutex_lock(&serial->lock);
	for (i = 0; i < len; i++)
		push(serial, bytes[i]);
	update_irq(serial);
	pthread_mutex_unlock(&serial->lock);
}
