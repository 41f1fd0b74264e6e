/* SPDX-License-Identifier: MIT */
/*
 * What verifying and checking a response came to, for people and for programs.
 * See docs/reference/attestation.md, "Results".
 */
#ifndef UV_ATTESTATION_RESULT_H
#define UV_ATTESTATION_RESULT_H

#include "attestation/check.h"
#include "attestation/record.h"
#include "attestation/response.h"

/* What a response says, as lines of text. @data: its additional data. */
void result_add_text(struct text *out, const struct attestation_response *response,
		     const struct additional_data *data);

/* The same as a record. */
void result_add_record(struct text *out, enum record_format format,
		       const struct attestation_response *response,
		       const struct additional_data *data);

/* The verdict of a check, of @response by @policies. */
void result_add_check(struct text *out, enum record_format format,
		      const struct check_result *result,
		      const struct check_policies *policies,
		      const struct attestation_response *response);

#endif
