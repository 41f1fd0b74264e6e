/* SPDX-License-Identifier: MIT */
/* What the tests of host key documents share. */
#ifndef UV_TESTS_HOSTKEY_FIXTURE_H
#define UV_TESTS_HOSTKEY_FIXTURE_H

#include "base/text.h"
#include "hostkey/hostkey.h"
#include "loopback.h"
#include "pki.h"

/* cmocka group setup and teardown: in a scratch folder that has the test set in "pki". */
int hostkey_enter(void **state);
int hostkey_leave(void **state);

/*
 * The same with the test set once more in "web", its distribution points on
 * hostkey_server, which serves that folder.
 */
extern struct loopback *hostkey_server;
int hostkey_enter_online(void **state);
int hostkey_leave_online(void **state);

/* Collects remarks. */
struct remarks {
	struct text text; /* one a line */
	struct log log;
};
void remarks_start(struct remarks *remarks);
void remarks_end(struct remarks *remarks);

/*
 * Verifies "folder/@document" with the blank-separated files @certificates and
 * @crls of the same folder; @root may be NULL. The other fields come from @extra,
 * which may be NULL. Returns what the verification returned.
 */
struct verification {
	const char *folder, *document, *certificates, *crls, *root;
};
int verify(const struct verification *v, const struct hostkey_trust *extra,
	   const struct log *log, struct error *err);

/* Fails unless message, cause or hint of @err hold @fragment. */
void assert_says(const struct error *err, const char *fragment);

#endif
