/* SPDX-License-Identifier: MIT */
/*
 * A disk to boot from, put together entry by entry (wrong ones too), and a
 * machine made of an array that the loader loads it into. Signatures are not
 * cryptographic here: they hold a sum over the component.
 */
#ifndef UV_TESTS_IPL_FIXTURE_H
#define UV_TESTS_IPL_FIXTURE_H

#include "ipl/load.h"
#include "ipl/stage3.h"

#define IPL_DISK_SIZE (4U << 20)
#define IPL_STORAGE_SIZE (4U << 20)
#define IPL_ENTRIES_MAX 160
#define IPL_MESSAGES_MAX 64

/* Where the machine has its boot loader, and what that keeps. */
#define IPL_LOADER 0x300000UL
#define IPL_LOADER_SIZE 0x10000UL
#define IPL_BLOCK 0x310000UL
#define IPL_CERTIFICATES 0x320000UL
#define IPL_CERTIFICATES_SIZE 0x4000UL

/* Sizes of the golden disk's signed components: whole blocks of any size. */
#define IPL_STAGE3_SIZE 0x4000U
#define IPL_KERNEL_SIZE 0x3000U

/* What the end of a signed component says. */
struct ipl_attributes {
	uint16_t flags;
	uint64_t psw;
	uint64_t address;
	uint8_t format;
	uint16_t length; /* 0 = 32 */
	bool no_magic;
};

struct ipl_world {
	/* The disk. */
	struct bootmap_disk disk;
	uint8_t bytes[IPL_DISK_SIZE];
	uint64_t next; /* free block */
	struct component_entry entries[IPL_ENTRIES_MAX];
	unsigned entry_count;
	uint64_t unreadable; /* a block number, or 0 */
	uint64_t blocks_read;

	/* The machine. */
	uint8_t storage[IPL_STORAGE_SIZE];
	enum load_certificate certificate_answer;
	unsigned certificate_size;
	unsigned certificates_given;

	/* The loader. */
	struct load_request request;
	struct load load;
	struct load_message messages[IPL_MESSAGES_MAX];
	unsigned message_count;
};

/* An empty disk with blocks of @block_size. The caller frees it with ipl_world_free(). */
struct ipl_world *ipl_world_new(uint32_t block_size);
void ipl_world_free(struct ipl_world *world);

/* Puts data on the disk, padded to whole blocks; its first block. */
uint64_t ipl_put(struct ipl_world *world, const void *bytes, size_t size);

/* A pointer to @count blocks from @block on. */
struct bootmap_pointer ipl_pointer(const struct ipl_world *world, uint64_t block,
				   unsigned count);

/* Puts data and its segment table on the disk; the table's block. */
uint64_t ipl_put_segment(struct ipl_world *world, const void *bytes, size_t size);

/* Entries of the component table, one after the other. */
struct component_entry *ipl_add(struct ipl_world *world, enum component_type type,
				uint64_t segment, uint64_t value);
struct component_entry *ipl_add_load(struct ipl_world *world, uint64_t address,
				     const void *bytes, size_t size);
struct component_entry *ipl_add_zeros(struct ipl_world *world, uint64_t address,
				      size_t size);
/* A signature over @size bytes by certificate @index, then the component. */
struct component_entry *ipl_add_signed(struct ipl_world *world, uint64_t address,
				       const void *bytes, size_t size, uint8_t index);
struct component_entry *ipl_add_exec(struct ipl_world *world, uint64_t psw);

/* The first byte on the disk of what entry @entry loads. */
uint8_t *ipl_data(struct ipl_world *world, unsigned entry);

/* A component's content with these attributes at its end. */
void ipl_fill(uint8_t *bytes, size_t size, const struct ipl_attributes *attributes);

/* Of stage 3 and of a kernel on a disk that zipl wrote. */
extern const struct ipl_attributes ipl_stage3_attributes, ipl_kernel_attributes;

/* The components of a disk that zipl wrote, with these attributes. */
void ipl_add_program(struct ipl_world *world, const struct ipl_attributes *stage3,
		     const struct ipl_attributes *kernel);

/* Writes the tables: the entries become program 0. */
void ipl_write_tables(struct ipl_world *world);

/* A world with all that zipl would write. */
struct ipl_world *ipl_golden(uint32_t block_size);

/* Runs the loader. Tables must be written. */
enum load_status ipl_run(struct ipl_world *world, enum ipl_mode mode);

/* Whether the run told this. */
bool ipl_told(const struct ipl_world *world, enum load_message_kind kind,
	      enum ipl_problem problem);
unsigned ipl_count(const struct ipl_world *world, enum load_message_kind kind);

/* The report that the run left in storage; overwritten by the next call. */
const struct ipl_report *ipl_report_of(const struct ipl_world *world);

/* How loading ends, by mode. */
struct ipl_outcome {
	enum load_status normal, audit, secure;
};

/* Of an event, and of a failure in what normal mode does not look at. */
extern const struct ipl_outcome ipl_warned, ipl_failed;

/* Runs the loader in every mode; @problem is told in audit and secure mode. */
void ipl_assert_outcome(struct ipl_world *world, const struct ipl_outcome *outcome,
			enum ipl_problem problem);

#endif
