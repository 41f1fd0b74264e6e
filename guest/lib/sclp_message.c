/* SPDX-License-Identifier: MIT */
#include "lib/sclp_message.h"

#include "lib/string.h"

#define EVENT_LINE_MODE 0x02
#define EVENT_ASCII 0x1a

#define MESSAGE_BLOCK 1
#define MESSAGE_BLOCK_TAG 0xd4c4c240 /* "MDB " in EBCDIC */
#define MESSAGE_BLOCK_REVISION 1
#define OBJECT_GENERAL 1
#define OBJECT_TEXT 4
#define TEXT_LAST_LINE 0x1000

struct event {
	be16_t length;   /* 0x00 of all that follows, with this header */
	uint8_t type;    /* 0x02 */
	uint8_t flags;   /* 0x03 */
	be16_t reserved; /* 0x04 */
};
WIRE_SIZE(struct event, 0x06);

/* What an event of type 0x02 holds, up to its text. */
struct line_message {
	be16_t length;                /* 0x00 message data block, with the text */
	be16_t type;                  /* 0x02 */
	be32_t tag;                   /* 0x04 */
	be32_t revision;              /* 0x08 */
	be16_t general_length;        /* 0x0c general object: sender, time; unused */
	be16_t general_type;          /* 0x0e */
	uint8_t general_content[52];  /* 0x10 */
	be16_t text_length;           /* 0x44 text object */
	be16_t text_type;             /* 0x46 */
	be16_t text_flags;            /* 0x48 */
	uint8_t text_alarm;           /* 0x4a */
	uint8_t text_reserved[3];     /* 0x4b */
};
WIRE_AT(struct line_message, general_length, 0x0c);
WIRE_AT(struct line_message, text_length, 0x44);
WIRE_SIZE(struct line_message, 0x4e);

#define GENERAL_SIZE (0x44 - 0x0c)
#define TEXT_HEADER_SIZE (0x4e - 0x44)

/* Code page 1047 for the characters from blank to tilde. */
static const uint8_t ebcdic[] = {
	0x40, 0x5a, 0x7f, 0x7b, 0x5b, 0x6c, 0x50, 0x7d, /*  !"#$%&' */
	0x4d, 0x5d, 0x5c, 0x4e, 0x6b, 0x60, 0x4b, 0x61, /* ()*+,-./ */
	0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, /* 01234567 */
	0xf8, 0xf9, 0x7a, 0x5e, 0x4c, 0x7e, 0x6e, 0x6f, /* 89:;<=>? */
	0x7c, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, /* @ABCDEFG */
	0xc8, 0xc9, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, /* HIJKLMNO */
	0xd7, 0xd8, 0xd9, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, /* PQRSTUVW */
	0xe7, 0xe8, 0xe9, 0xad, 0xe0, 0xbd, 0x5f, 0x6d, /* XYZ[\]^_ */
	0x79, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, /* `abcdefg */
	0x88, 0x89, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, /* hijklmno */
	0x97, 0x98, 0x99, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, /* pqrstuvw */
	0xa7, 0xa8, 0xa9, 0xc0, 0x4f, 0xd0, 0xa1,       /* xyz{|}~ */
};
#define EBCDIC_QUESTION_MARK 0x6f

static uint8_t to_ebcdic(char c)
{
	unsigned index = (unsigned char)c - ' ';

	return index < sizeof(ebcdic) ? ebcdic[index] : EBCDIC_QUESTION_MARK;
}

/* The length of @text, at most @limit. */
static size_t text_length(const char *text, size_t limit)
{
	size_t length = 0;

	while (length < limit && text[length])
		length++;
	return length;
}

/* Starts an SCCB with one event that has @size bytes of data; where they go. */
static void *event_start(struct sccb *sccb, uint8_t type, size_t size)
{
	struct event *event = (struct event *)sccb->content;

	memset(sccb, 0, SCCB_SIZE);
	sccb->length = be16((uint16_t)(sizeof(*sccb) + sizeof(*event) + size));
	event->length = be16((uint16_t)(sizeof(*event) + size));
	event->type = type;
	return event + 1;
}

void sclp_ascii_message(struct sccb *sccb, const char *text)
{
	const size_t room = SCCB_SIZE - sizeof(*sccb) - sizeof(struct event) - 2;
	size_t length = text_length(text, room);
	char *data = event_start(sccb, EVENT_ASCII, length + 2);

	memcpy(data, text, length);
	data[length] = '\r';
	data[length + 1] = '\n';
}

void sclp_line_message(struct sccb *sccb, const char *text)
{
	const size_t room = SCCB_SIZE - sizeof(*sccb) - sizeof(struct event) -
			    sizeof(struct line_message);
	size_t length = text_length(text, room);
	struct line_message *message =
		event_start(sccb, EVENT_LINE_MODE, sizeof(*message) + length);
	uint8_t *data = (uint8_t *)(message + 1);

	message->length = be16((uint16_t)(sizeof(*message) + length));
	message->type = be16(MESSAGE_BLOCK);
	message->tag = be32(MESSAGE_BLOCK_TAG);
	message->revision = be32(MESSAGE_BLOCK_REVISION);
	message->general_length = be16(GENERAL_SIZE);
	message->general_type = be16(OBJECT_GENERAL);
	message->text_length = be16((uint16_t)(TEXT_HEADER_SIZE + length));
	message->text_type = be16(OBJECT_TEXT);
	message->text_flags = be16(TEXT_LAST_LINE);
	for (size_t i = 0; i < length; i++)
		data[i] = to_ebcdic(text[i]);
}
