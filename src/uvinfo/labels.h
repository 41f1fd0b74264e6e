/* SPDX-License-Identifier: MIT */
/* What bits mean. Each returns NULL for one without a known meaning. */
#ifndef UV_UVINFO_LABELS_H
#define UV_UVINFO_LABELS_H

const char *call_label(unsigned bit);
const char *feature_label(unsigned bit);
const char *header_flag_label(unsigned bit);
const char *attestation_flag_label(unsigned bit);
const char *add_secret_flag_label(unsigned bit);
const char *secret_type_label(unsigned bit);

#endif
