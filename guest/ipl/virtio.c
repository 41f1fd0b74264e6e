/* SPDX-License-Identifier: MIT */
#include "virtio.h"

#include "css.h"
#include "lib/cpu.h"
#include "lib/string.h"

enum virtio_command {
	SENSE_ID = 0xe4,
	WRITE_FEATURES = 0x11,
	READ_FEATURES = 0x12,
	SET_QUEUE = 0x13,
	READ_CONFIG = 0x22,
	WRITE_STATUS = 0x31,
	RESET = 0x33,
	SET_REVISION = 0x83,
};

enum virtio_status {
	STATUS_ACKNOWLEDGE = 1,
	STATUS_DRIVER = 2,
	STATUS_DRIVER_OK = 4,
	STATUS_FEATURES_OK = 8,
};

/* Bits of the second word of features. */
#define FEATURE_VERSION_1 1U
#define FEATURE_ACCESS_PLATFORM 2U

#define VIRTIO_CONTROL_UNIT 0x3832

struct sense_id {
	uint8_t reserved; /* 0xff */
	uint8_t unit[2];
	uint8_t unit_model;
	uint8_t device[2];
	uint8_t device_model;
};

struct revision {
	uint16_t number;
	uint16_t data_length;
};

struct feature_word {
	uint32_t bits; /* little endian */
	uint8_t index;
};

struct queue_info {
	uint64_t descriptors;
	uint32_t reserved;
	uint16_t index;
	uint16_t size;
	uint64_t available;
	uint64_t used;
};

/* --- Virtqueue: all little endian --------------------------------------------- */

#define QUEUE_SIZE 4
#define PART_NEXT 1
#define PART_WRITTEN 2
#define NO_INTERRUPT 1
#define NOTIFY 3 /* DIAGNOSE 500 */

struct descriptor {
	uint64_t address;
	uint32_t size;
	uint16_t flags;
	uint16_t next;
};

static struct {
	struct descriptor descriptors[QUEUE_SIZE];
	struct {
		uint16_t flags;
		uint16_t index;
		uint16_t ring[QUEUE_SIZE];
	} available;
	struct {
		uint16_t flags;
		volatile uint16_t index;
		struct {
			uint32_t head;
			uint32_t written;
		} ring[QUEUE_SIZE];
	} used __attribute__((aligned(8)));
} rings __attribute__((aligned(4096)));

_Static_assert(VIRTIO_PARTS_MAX <= QUEUE_SIZE, "a request has to fit the queue");

/* The device in service. */
static struct {
	uint32_t subchannel;
	uint16_t queue;
	uint32_t features;
	uint16_t requests; /* so far */
} device;

/* --- Taking into service -------------------------------------------------------- */

enum virtio_kind virtio_identify(uint32_t subchannel)
{
	struct sense_id id = { 0 };

	if (!css_enable(subchannel) || !css_run(subchannel, SENSE_ID, &id, sizeof(id)) ||
	    (id.unit[0] << 8 | id.unit[1]) != VIRTIO_CONTROL_UNIT)
		return VIRTIO_NONE;
	return id.unit_model;
}

static bool set_status(uint32_t subchannel, unsigned status)
{
	const uint8_t byte = (uint8_t)status;

	return css_run(subchannel, WRITE_STATUS, &byte, sizeof(byte));
}

/*
 * The revision must come first, or the device takes itself for a legacy one. It
 * can be set once: a device that was in service before keeps it over a reset.
 */
static bool set_revision(uint32_t subchannel)
{
	const struct revision revision = { .number = 1 };

	return css_run(subchannel, SET_REVISION, &revision, sizeof(revision)) ||
	       css_run(subchannel, RESET, NULL, 0);
}

/* Accepts of word @index those in @wanted; what was accepted goes to *@accepted. */
static bool negotiate(uint32_t subchannel, uint8_t index, uint32_t wanted,
		      uint32_t *accepted)
{
	struct feature_word word = { .index = index };

	if (!css_run(subchannel, READ_FEATURES, &word, 5))
		return false;
	*accepted = le32(word.bits) & wanted;
	word.bits = le32(*accepted);
	return css_run(subchannel, WRITE_FEATURES, &word, 5);
}

static bool set_queue(uint32_t subchannel, uint16_t queue)
{
	const struct queue_info info = {
		.descriptors = (uint64_t)rings.descriptors,
		.index = queue,
		.size = QUEUE_SIZE,
		.available = (uint64_t)&rings.available,
		.used = (uint64_t)&rings.used,
	};

	memset(&rings, 0, sizeof(rings));
	rings.available.flags = le16(NO_INTERRUPT);
	return css_run(subchannel, SET_QUEUE, &info, sizeof(info));
}

bool virtio_start(uint32_t subchannel, uint32_t features, uint16_t queue,
		  void *config, uint16_t config_size)
{
	const unsigned ready = STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK;
	uint32_t modern;

	device.subchannel = subchannel;
	device.queue = queue;
	device.requests = 0;
	return set_revision(subchannel) &&
	       set_status(subchannel, STATUS_ACKNOWLEDGE) &&
	       set_status(subchannel, STATUS_ACKNOWLEDGE | STATUS_DRIVER) &&
	       negotiate(subchannel, 0, features, &device.features) &&
	       negotiate(subchannel, 1, FEATURE_VERSION_1 | FEATURE_ACCESS_PLATFORM, &modern) &&
	       modern & FEATURE_VERSION_1 && set_status(subchannel, ready) &&
	       css_run(subchannel, READ_CONFIG, config, config_size) &&
	       set_queue(subchannel, queue) &&
	       set_status(subchannel, ready | STATUS_DRIVER_OK);
}

bool virtio_has(unsigned feature)
{
	return device.features >> feature & 1;
}

/* --- Requests ----------------------------------------------------------------------- */

static void put_descriptors(const struct virtio_part *parts, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const unsigned next = i + 1 < count ? PART_NEXT : 0;
		const unsigned written = parts[i].written ? PART_WRITTEN : 0;

		rings.descriptors[i] = (struct descriptor){
			.address = le64((uint64_t)parts[i].data),
			.size = le32(parts[i].size),
			.flags = le16((uint16_t)(next | written)),
			.next = le16((uint16_t)(i + 1)),
		};
	}
}

static bool notify(void)
{
	register uint64_t r1 __asm__("1") = NOTIFY;
	register uint64_t r2 __asm__("2") = device.subchannel;
	register uint64_t r3 __asm__("3") = device.queue;
	register uint64_t r4 __asm__("4") = 0;

	__asm__ volatile("diag %%r2,%%r4,0x500"
			 : "+d"(r2)
			 : "d"(r1), "d"(r3), "d"(r4)
			 : "cc", "memory");
	return (int64_t)r2 >= 0;
}

static bool wait_until_used(void)
{
	const uint64_t patience = clock_now() + 60 * CLOCK_SECOND;

	while (le16(rings.used.index) != device.requests) {
		if (clock_now() > patience)
			return false;
	}
	__asm__ volatile("" : : : "memory");
	return true;
}

bool virtio_request(const struct virtio_part *parts, unsigned count)
{
	put_descriptors(parts, count);
	rings.available.ring[device.requests % QUEUE_SIZE] = 0;
	device.requests++;
	__asm__ volatile("bcr 15,0" : : : "memory"); /* all of it before its index */
	rings.available.index = le16(device.requests);
	__asm__ volatile("bcr 15,0" : : : "memory");
	return notify() && wait_until_used();
}
