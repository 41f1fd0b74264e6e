/* SPDX-License-Identifier: MIT */
/*
 * Ultravisor calls of a payload. Sizes, codes and offsets are written down here
 * once more, from docs/reference/ultravisor-calls.md: the ultravisor's own
 * declarations could not show that they are wrong.
 */
#ifndef UV_PAYLOAD_UVC_H
#define UV_PAYLOAD_UVC_H

#include <stdbool.h>
#include <stdint.h>

#include "payload/suite/payload.h"
#include "payload/suite/probe.h"

#define UVC_QUERY 0x0001
#define UVC_SHARE 0x1000
#define UVC_UNSHARE 0x1001
#define UVC_UNKNOWN 0x4242

#define UVC_QUERY_SIZE 0x120
#define UVC_SHARE_SIZE 0x30

#define RC_UNTOUCHED 0x7777 /* what a prepared block has */
#define RC_EXECUTED 0x0001
#define RC_INVALID_COMMAND 0x0002
#define RC_INVALID_LENGTH 0x0005
#define RC_MORE_DATA 0x0100
#define RC_SHARE_ADDRESS 0x0101

/* A page that begins with a control block. */
struct uvcb {
	uint16_t length;
	uint16_t command;
	uint16_t rc;
	uint16_t rrc;
	uint64_t words[(PAGE_SIZE - 8) / 8];
} __attribute__((aligned(4096)));
_Static_assert(sizeof(struct uvcb) == PAGE_SIZE, "a page");

/* The word at @offset of a block. */
#define UVCB_WORD(offset) (((offset) - 8) / 8)

/* A header for the call, everything else a pattern. */
void uvcb_prepare(struct uvcb *block, uint16_t length, uint16_t command);
/* Set or Remove Shared Access of @address, everything else a pattern. */
void uvcb_prepare_share(struct uvcb *block, uint16_t command, uint64_t address);

/* UVC with the address of the block in register 2. */
extern const char uvc[] LINKED_HERE;
struct probe uvc_probe(const void *code, const volatile void *block);

/*
 * Executes UVC, which has to end with @cc and @rc, rrc 0, no register changed
 * and no byte of the block's page but rc and rrc. Within a test().
 */
void expect_call(struct uvcb *block, unsigned cc, uint16_t rc);

/* The block is as it was prepared. */
void expect_untouched(const struct uvcb *block, const struct uvcb *before);

/* Executes the call, outside of any test; its rc, or 0 after an interruption. */
uint16_t uvc_execute(struct uvcb *block);

#endif
