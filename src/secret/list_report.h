/* SPDX-License-Identifier: MIT */
/* Lists of secrets, for people and for programs. */
#ifndef UV_SECRET_LIST_REPORT_H
#define UV_SECRET_LIST_REPORT_H

#include "base/text.h"
#include "secret/secret_list.h"

#define SECRET_TYPE_NAME_SIZE 32

/*
 * The name of a type that a list shows, into @name; for one that no list has,
 * Invalid(0x0001) or Unknown(0x0042). Returns @name.
 */
char *secret_type_name(char name[SECRET_TYPE_NAME_SIZE], uint16_t type);

/* The list as lines of text, and as YAML. */
void secret_list_human(struct text *out, const struct secret_list *list);
void secret_list_yaml(struct text *out, const struct secret_list *list);

/*
 * The ID as a YAML scalar that is a string to every reader: quoted where a
 * reader could take it for a number of up to 128 bits.
 */
void secret_id_add_yaml(struct text *out, const uint8_t id[SECRET_ID_SIZE]);

#endif
