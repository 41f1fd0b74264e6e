/* SPDX-License-Identifier: MIT */
#ifndef UV_PLUGIN_CONTROL_ANSWERS_H
#define UV_PLUGIN_CONTROL_ANSWERS_H

#include "base/text.h"
#include "plugin/firmware.h"
#include "plugin/request.h"

/* The first line that a client gets. */
void control_greet(struct text *out, const struct firmware *firmware);

/* Adds the answer to @request, one line with its newline. */
void control_answer(struct text *out, struct firmware *firmware,
		    const struct request *request);

/* Adds the answer to a request that failed, or that has nothing to return. */
void control_fail(struct text *out, const struct request *request,
		  const struct error *err);
void control_succeed(struct text *out, const struct request *request);

/* Adds the answer to a line that is no request. */
void control_refuse(struct text *out, const struct error *err);

#endif
