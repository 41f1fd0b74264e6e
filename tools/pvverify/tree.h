/* SPDX-License-Identifier: MIT */
/* A verification report as text: one tree, from the root to the documents. */
#ifndef UV_TOOLS_PVVERIFY_TREE_H
#define UV_TOOLS_PVVERIFY_TREE_H

#include "base/text.h"
#include "hostkey/hostkey.h"

void tree_add(struct text *out, const struct hostkey_report *report);

#endif
