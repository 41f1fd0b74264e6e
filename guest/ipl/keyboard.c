/* SPDX-License-Identifier: MIT */
#include "keyboard.h"

#include "base/be.h"
#include "lib/sclp.h"
#include "lib/string.h"

#define READ_EVENT_DATA 0x00770005
#define WRITE_EVENT_MASK 0x00780005
#define EVENT_ASCII 0x1a
#define EVENT_ASCII_BIT (1U << (32 - EVENT_ASCII))
#define TEXT_FOLLOWS 0

struct event_mask {
	be16_t length;      /* 0x00 */
	uint8_t header[6];  /* 0x02 */
	be16_t reserved;    /* 0x08 */
	be16_t mask_length; /* 0x0a */
	be32_t receive;     /* 0x0c events that the program takes */
	be32_t send;        /* 0x10 and that it makes */
	be32_t theirs[2];   /* 0x14 answer: what the machine can do */
};
WIRE_SIZE(struct event_mask, 0x1c);

struct input {
	be16_t length;       /* 0x00 */
	uint8_t header[6];   /* 0x02 */
	be16_t event_length; /* 0x08 from here on */
	uint8_t type;        /* 0x0a */
	uint8_t flags;       /* 0x0b */
	be16_t reserved;     /* 0x0c */
	uint8_t kind;        /* 0x0e TEXT_FOLLOWS */
	char text[];         /* 0x0f */
};
WIRE_AT(struct input, text, 0x0f);

static union {
	struct sccb sccb;
	struct event_mask mask;
	struct input input;
	uint8_t page[SCCB_SIZE];
} block __attribute__((aligned(SCCB_SIZE)));

static bool set_mask(uint32_t receive)
{
	memset(&block, 0, sizeof(block));
	block.mask.length = be16(sizeof(block.mask));
	block.mask.mask_length = be16(sizeof(be32_t));
	block.mask.receive = be32(receive);
	block.mask.send = be32(receive);
	return sclp_call(WRITE_EVENT_MASK, &block.sccb) == SCLP_RESPONSE_DONE;
}

bool keyboard_open(void)
{
	return set_mask(EVENT_ASCII_BIT);
}

void keyboard_close(void)
{
	set_mask(0);
}

unsigned keyboard_read(char *text, unsigned room)
{
	const unsigned header = sizeof(struct input) - __builtin_offsetof(struct input, event_length);
	unsigned size;

	memset(&block, 0, sizeof(block));
	block.sccb.length = be16(sizeof(block));
	if (sclp_call(READ_EVENT_DATA, &block.sccb) != SCLP_RESPONSE_DONE ||
	    block.input.type != EVENT_ASCII || block.input.kind != TEXT_FOLLOWS ||
	    be16_get(block.input.event_length) <= header)
		return 0;
	size = be16_get(block.input.event_length) - header;
	if (size > room)
		size = room;
	memcpy(text, block.input.text, size);
	return size;
}
