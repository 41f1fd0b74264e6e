/* SPDX-License-Identifier: MIT */
/*
 * Talking to a running guest over its control socket, one line of JSON each way.
 * See docs/reference/control-socket.md.
 */
#ifndef UV_MACHINE_GUEST_CONTROL_H
#define UV_MACHINE_GUEST_CONTROL_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

struct guest_control;

/*
 * Connects to the running guest @name and reads its greeting. ERR_NOT_FOUND when
 * none is running. Caller closes.
 */
int guest_control_open(struct guest_control **out, const char *name,
		       struct error *err);
void guest_control_close(struct guest_control *control);

/* The process on the other side. */
pid_t guest_control_pid(const struct guest_control *control);

/*
 * Sends @request (a JSON object) and waits for the answer; *@result is what it
 * returns; caller frees with json_decref(). ERR_REFUSED with the guest's words
 * when it is an error.
 */
int guest_control_ask(json_t **result, struct guest_control *control,
		      const char *request, struct error *err);

/*
 * The two halves of the above, for what takes long: sends @request with a copy of
 * the descriptor @fd (or without, when that is -1); and what an answer, a line
 * without "event", returns.
 */
int guest_control_send(struct guest_control *control, const char *request, int fd,
		       struct error *err);
int guest_control_result(json_t **result, json_t *answer,
			 const struct guest_control *control, struct error *err);

/* Has something arrived that guest_control_next() can go on with at once? */
bool guest_control_waits(const struct guest_control *control);

/* Waits for the next line and parses it; ERR_NOT_FOUND when the guest has ended. */
int guest_control_next(json_t **line, struct guest_control *control,
		       struct error *err);

#endif
