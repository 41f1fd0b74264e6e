/* SPDX-License-Identifier: MIT */
/*
 * Virtio devices on the channel subsystem, one request at a time, polled.
 * Source: "Virtual I/O Device (VIRTIO) Version 1.1", 4.3 (channel I/O), 2.6
 * (split virtqueues); linux: drivers/s390/virtio/virtio_ccw.c.
 */
#ifndef UV_GUEST_VIRTIO_H
#define UV_GUEST_VIRTIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Little-endian integers of virtio, for aligned fields. */
static inline uint16_t le16(uint16_t value)
{
	return __builtin_bswap16(value);
}

static inline uint32_t le32(uint32_t value)
{
	return __builtin_bswap32(value);
}

static inline uint64_t le64(uint64_t value)
{
	return __builtin_bswap64(value);
}

enum virtio_kind {
	VIRTIO_NONE = 0, /* no virtio device */
	VIRTIO_NETWORK = 1,
	VIRTIO_BLOCK = 2,
	VIRTIO_SCSI = 8,
};

/* What is behind the subchannel, enabled for it; VIRTIO_NONE for all else. */
enum virtio_kind virtio_identify(uint32_t subchannel);

/*
 * Resets the device and takes it into service with virtqueue @queue alone,
 * accepting of its first 32 features @features. The first @config_size bytes of
 * its configuration go to @config. One device at a time: the next start takes
 * the virtqueue's storage over. False when the device is not usable.
 */
bool virtio_start(uint32_t subchannel, uint32_t features, uint16_t queue,
		  void *config, uint16_t config_size);

/* Whether the device offered and got feature @feature (below 32). */
bool virtio_has(unsigned feature);

/* One part of a request. */
struct virtio_part {
	const void *data;
	uint32_t size;
	bool written; /* by the device */
};

#define VIRTIO_PARTS_MAX 4

/* Hands @parts to the device and waits until it is done, a minute at most. */
bool virtio_request(const struct virtio_part *parts, unsigned count);

#endif
