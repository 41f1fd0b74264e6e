/* SPDX-License-Identifier: MIT */
/*
 * All that can be wrong with a disk to boot from, in one table: what it does
 * to the boot, which indicator of the IPL report says so, in words, and what
 * helps. Freestanding. See docs/reference/ipl-report.md, "Indicators".
 */
#ifndef UV_IPL_PROBLEM_H
#define UV_IPL_PROBLEM_H

#include <stdint.h>

/* CEI, component error indicators. */
#define CEI_NO_SCLAB 0x80000000U
#define CEI_SCLAB_LENGTH 0x40000000U
#define CEI_SCLAB_FORMAT 0x20000000U
#define CEI_LOAD_ADDRESS 0x10000000U
#define CEI_LOAD_PSW 0x08000000U
#define CEI_PSW_UNSIGNED 0x04000000U
#define CEI_NUC_NOT_GLOBAL 0x02000000U
#define CEI_NO_OLA 0x01000000U
#define CEI_SC_NOT_GLOBAL 0x00800000U
#define CEI_ADDRESS_NOT_ZERO 0x00400000U
#define CEI_PSW_NOT_ZERO 0x00200000U
#define CEI_UNSIGNED_LOW 0x00100000U

/* IIEI, indicators about the whole program. */
#define IIEI_NOTHING_SIGNED 0x8000U
#define IIEI_NO_SCLAB 0x4000U
#define IIEI_NO_GLOBAL_SCLAB 0x2000U
#define IIEI_GLOBAL_SCLABS 0x1000U
#define IIEI_UNSIGNED 0x0800U
#define IIEI_NOT_SINGLE 0x0400U

enum ipl_problem_kind {
	IPL_KIND_EVENT,   /* secure mode stops, audit mode warns and goes on */
	IPL_KIND_FAILURE, /* this device cannot be booted, the next one may */
	IPL_KIND_FOREIGN, /* a failure in normal mode, otherwise a stop */
	IPL_KIND_STOP,    /* no other device is tried */
};

/* X(name, kind, CEI, IIEI, text, remedy) */
#define IPL_PROBLEMS(X)                                                               \
	/* One signed component. */                                                   \
	X(SCLAB_TOO_SHORT, EVENT, CEI_NO_SCLAB, 0,                                    \
	  "component is too short to hold an SCLAB", IPL_SIGN_OTHER)                  \
	X(SCLAB_MAGIC, EVENT, CEI_NO_SCLAB, 0,                                        \
	  "component does not end with an SCLAB", IPL_SIGN_OTHER)                     \
	X(SCLAB_LENGTH, EVENT, CEI_NO_SCLAB | CEI_SCLAB_LENGTH, 0,                    \
	  "SCLAB is shorter than 32 bytes or longer than its component", IPL_SIGN_OTHER) \
	X(SCLAB_FORMAT, EVENT, CEI_SCLAB_FORMAT, 0,                                   \
	  "SCLAB has a format other than 0", IPL_SIGN_OTHER)                          \
	X(PSW_NOT_ZERO, EVENT, CEI_PSW_NOT_ZERO, 0,                                   \
	  "SCLAB has a load PSW but not the flag for it (OPSW)", IPL_SIGN_OTHER)      \
	X(GLOBAL_SCLABS, EVENT, 0, IIEI_GLOBAL_SCLABS,                                \
	  "more than one component has a global SCLAB", IPL_WRITE_AGAIN)              \
	X(NO_OLA, EVENT, CEI_NO_OLA, 0,                                               \
	  "global SCLAB names no load address (OLA)", IPL_SIGN_OTHER)                 \
	X(ADDRESS_NOT_ZERO, EVENT, CEI_ADDRESS_NOT_ZERO, 0,                           \
	  "SCLAB has a load address but not the flag for it (OLA)", IPL_SIGN_OTHER)   \
	X(LOAD_ADDRESS, EVENT, CEI_LOAD_ADDRESS, 0,                                   \
	  "SCLAB names another load address than the boot map", IPL_WRITE_AGAIN)      \
	X(NUC_NOT_GLOBAL, EVENT, CEI_NUC_NOT_GLOBAL, 0,                               \
	  "flag NUC in an SCLAB that is not global", IPL_SIGN_OTHER)                  \
	X(SC_NOT_GLOBAL, EVENT, CEI_SC_NOT_GLOBAL, 0,                                 \
	  "flag SC in an SCLAB that is not global", IPL_SIGN_OTHER)                   \
	X(NOT_VERIFIED, EVENT, 0, 0,                                                  \
	  "component does not verify with any certificate of the store",              \
	  "sign it with a key whose certificate is in the store; it may have been changed") \
	/* Any component. */                                                          \
	X(OVERLAP, EVENT, 0, 0,                                                       \
	  "component overlaps one loaded before", IPL_WRITE_AGAIN)                    \
	X(UNSIGNED_LOW, EVENT, CEI_UNSIGNED_LOW, 0,                                   \
	  "unsigned component goes below address 0x2000", IPL_WRITE_AGAIN)            \
	/* The whole program; the second and third count for its EXEC entry. */       \
	X(NOTHING_SIGNED, EVENT, 0, IIEI_NOTHING_SIGNED,                              \
	  "no component is signed", "sign kernel and stage 3, and write the boot map with 'sipl mkdisk'") \
	X(NO_SCLAB, EVENT, 0, IIEI_NO_SCLAB,                                          \
	  "no component has an SCLAB", IPL_SIGN_OTHER)                                \
	X(NO_GLOBAL_SCLAB, EVENT, 0, IIEI_NO_GLOBAL_SCLAB,                            \
	  "no component has a global SCLAB", "use a stage 3 that has one, and sign it") \
	X(PSW_UNSIGNED, EVENT, CEI_PSW_UNSIGNED, 0,                                   \
	  "load PSW does not point into a signed component", IPL_WRITE_AGAIN)         \
	X(LOAD_PSW, EVENT, CEI_LOAD_PSW, 0,                                           \
	  "global SCLAB names another load PSW than the boot map", IPL_WRITE_AGAIN)   \
	X(UNSIGNED, EVENT, 0, IIEI_UNSIGNED,                                          \
	  "unsigned components, which the global SCLAB forbids", "sign every component, or leave it out") \
	X(NOT_SINGLE, EVENT, 0, IIEI_NOT_SINGLE,                                      \
	  "several components, and the global SCLAB allows a single one", "leave out the others") \
	/* The boot map. */                                                           \
	X(BLOCK_SIZE, FAILURE, 0, 0,                                                  \
	  "disk has a block size outside 512 to 4096 bytes", "use another block size")   \
	X(READ, FAILURE, 0, 0,                                                        \
	  "disk cannot be read", "see whether the image is complete")                 \
	X(NO_BOOT_RECORD, FAILURE, 0, 0,                                              \
	  "no zIPL boot record in block 0", "write one with 'sipl mkdisk' or zipl")   \
	X(NO_PROGRAM_TABLE, FAILURE, 0, 0,                                            \
	  "boot record leads to no program table", IPL_WRITE_AGAIN)                   \
	X(NO_PROGRAM, FAILURE, 0, 0,                                                  \
	  "program table is empty", IPL_WRITE_AGAIN)                                  \
	X(NO_COMPONENT_TABLE, FAILURE, 0, 0,                                          \
	  "program has no component table", IPL_WRITE_AGAIN)                          \
	X(NOT_FOR_IPL, FAILURE, 0, 0,                                                 \
	  "program is a stand-alone dump tool", "choose another program by the load parameter") \
	X(POINTER_SIZE, FAILURE, 0, 0,                                                \
	  "boot map was written for another block size than the disk's",              \
	  "give the disk the block size it was written with (logical_block_size=)")   \
	X(ENTRY_TYPE, FAILURE, 0, 0,                                                  \
	  "component table has an entry of unknown type", IPL_WRITE_AGAIN)            \
	X(NO_EXEC, FAILURE, 0, 0,                                                     \
	  "component table does not say where to start", IPL_WRITE_AGAIN)             \
	X(SIGNATURE_TWICE, FAILURE, 0, 0,                                             \
	  "two signatures for one component", IPL_WRITE_AGAIN)                        \
	X(SIGNATURE_ALONE, FAILURE, 0, 0,                                             \
	  "signature without a component", IPL_WRITE_AGAIN)                           \
	X(SIGNATURE_FORMAT, FAILURE, 0, 0,                                            \
	  "signature is no PKCS#7 in DER", IPL_WRITE_AGAIN)                           \
	X(SIGNATURE_SIZE, FAILURE, 0, 0,                                              \
	  "signature is empty, longer than 4096 bytes or not all on the disk", IPL_WRITE_AGAIN) \
	X(OUTSIDE_STORAGE, FAILURE, 0, 0,                                             \
	  "component does not fit the guest's memory", "give the guest more memory")  \
	X(RESERVED_STORAGE, FAILURE, 0, 0,                                            \
	  "component would go over the boot loader or its report",                    \
	  "give the guest more memory, or load the component elsewhere")              \
	X(LOW_STORAGE, FAILURE, 0, 0,                                                 \
	  "signed component would go over the prefix area", IPL_WRITE_AGAIN)          \
	X(EMPTY, FAILURE, 0, 0,                                                       \
	  "component has no data", IPL_WRITE_AGAIN)                                   \
	X(NO_DEVICE, FAILURE, 0, 0,                                                   \
	  "there is no device with this number", "see the boot index and devno= of the devices") \
	/* What is not booted at all. */                                              \
	X(ECKD, FOREIGN, 0, 0,                                                        \
	  "disk has the layout of a DASD (ECKD), from which this boot loader cannot boot", \
	  IPL_OTHER_DEVICE)                                                           \
	X(ISO, FOREIGN, 0, 0,                                                         \
	  "device has an ISO 9660 file system, from which this boot loader cannot boot", \
	  IPL_OTHER_DEVICE)                                                           \
	X(NETWORK, FOREIGN, 0, 0,                                                     \
	  "this boot loader cannot boot from a network", IPL_OTHER_DEVICE)            \
	X(PCI, FOREIGN, 0, 0,                                                         \
	  "this boot loader cannot boot from a PCI device", IPL_OTHER_DEVICE)         \
	X(DEVICE, FOREIGN, 0, 0,                                                      \
	  "this boot loader cannot boot from a device of this kind", IPL_OTHER_DEVICE) \
	/* Certificates. */                                                           \
	X(CERTIFICATE, FAILURE, 0, 0,                                                 \
	  "certificate that verified the component cannot be had",                    \
	  "see whether it has expired, or is not valid yet")                          \
	X(CERTIFICATE_ROOM, STOP, 0, 0,                                               \
	  "not enough memory for the certificates", "sign with fewer or smaller certificates") \
	/* What the user chose. */                                                    \
	X(PROGRAM_NUMBER, STOP, 0, 0,                                                 \
	  "load parameter is too large a number", "give a number from 0 to 30")       \
	X(PROGRAM_ABSENT, STOP, 0, 0,                                                 \
	  "load parameter names a program that is not on the disk",                   \
	  "see the programs with 'sipl inspect'")                                     \
	X(REPORT_PLACE, STOP, 0, 0,                                                   \
	  "IPL report does not fit behind the IPL parameter block",                   \
	  "the hypervisor gave a block of an impossible length")

#define IPL_WRITE_AGAIN "write the boot map again with 'sipl mkdisk' or zipl"
#define IPL_OTHER_DEVICE \
	"use a virtio-blk-ccw or virtio-scsi-ccw disk with a boot map ('sipl mkdisk', zipl)"
#define IPL_SIGN_OTHER "only files made for Secure IPL can be signed; see 'sipl inspect'"

#define IPL_PROBLEM_ENUM(name, kind, cei, iiei, text, remedy) IPL_PROBLEM_##name,
enum ipl_problem {
	IPL_OK,
	IPL_PROBLEMS(IPL_PROBLEM_ENUM)
	IPL_PROBLEM_COUNT,
};
#undef IPL_PROBLEM_ENUM

struct ipl_problem_facts {
	const char *name;   /* the enumerator without its prefix */
	enum ipl_problem_kind kind;
	uint32_t cei;       /* CEI_… that it sets in the report, or 0 */
	uint16_t iiei;      /* IIEI_… likewise */
	const char *text;   /* what is wrong, for the middle of a sentence */
	const char *remedy; /* what to do, for the middle of a sentence */
};

/* The facts about @problem, which must not be IPL_OK. */
const struct ipl_problem_facts *ipl_problem_facts(enum ipl_problem problem);

#endif
