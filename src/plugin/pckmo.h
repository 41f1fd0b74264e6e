/* SPDX-License-Identifier: MIT */
/*
 * PERFORM CRYPTOGRAPHIC KEY MANAGEMENT OPERATION: an image says which kinds of
 * keys its guest may turn into protected ones. See docs/reference/engine.md,
 * "Functions of PCKMO".
 */
#ifndef UV_PLUGIN_PCKMO_H
#define UV_PLUGIN_PCKMO_H

#include <stdbool.h>
#include <stdint.h>

#define PCKMO_QUERY 0
#define PCKMO_STATUS_SIZE 16 /* of what the query stores: a bit for each function */

/* A query on its way, of one vCPU. */
struct pckmo_query {
	bool masked;
	uint64_t block;                      /* where its status goes */
	uint8_t allowed[PCKMO_STATUS_SIZE];
};

/* The functions that an image with these plaintext control flags allows. */
void pckmo_allowed(uint8_t allowed[PCKMO_STATUS_SIZE], uint64_t pcf);

#endif
