/* SPDX-License-Identifier: MIT */
#include "pki.h"

#include <ftw.h>
#include <openssl/ec.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/ec.h"
#include "crypto/key_pem.h"
#include "hostkey/mint.h"

#define DAY ((time_t)86400)
#define FAR_FUTURE ((time_t)13221000000) /* December 2388 */
#define MANY_HOSTS 96
#define REVOKED_SERIAL 555
#define FAKE_REVOKED_SERIAL 333

/* Certificates of the set, under the names of their files. */
enum certificate {
	NONE,
	ROOT_CA, INTER_CA, IBM, IBM_ARMONK, IBM_REV, IBM_EXPIRED, IBM_WRONG_SUBJECT,
	IBM_SELF_SIGNED,
	FAKE_ROOT_CA, FAKE_INTER_CA, FAKE_IBM,
	HOST, HOST2, HOST_ARMONK, HOST_REV, HOST_CRT_EXPIRED, HOST_NOT_YET,
	HOST_INVALID_SIGNING_KEY, HOST_URI_NA, HOST_OTHER_ISSUER_NAME, HOST_SHA1,
	HOST_NO_AKID, HOST_P384, HOST_RSA, HOST_OFF_CURVE, FAKE_HOST,
	CERTIFICATES
};

enum key {
	KEY_ROOT_CA, KEY_INTER_CA, KEY_IBM, KEY_FAKE_ROOT_CA, KEY_FAKE_INTER_CA,
	KEY_FAKE_IBM, KEY_STRANGER, KEY_HOST, KEY_HOST2, KEY_P384,
	KEYS
};

struct mint {
	const char *folder;
	const struct pki_options *options;
	time_t now;
	EVP_PKEY *keys[KEYS];
	X509 *certificates[CERTIFICATES];
	struct error *err;
	int rc; /* the first failure; everything after it does nothing */
};

/* --- Files ------------------------------------------------------------------ */

static char *path_of(const struct mint *m, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", m->folder, name) < 0)
		abort();
	return path;
}

static void save_certificate(struct mint *m, enum certificate which,
			     const char *name, enum mint_encoding encoding)
{
	char *path = path_of(m, name);

	if (m->rc == 0)
		m->rc = mint_write_certificate(path, m->certificates[which], encoding,
					       OUTFILE_REPLACE, m->err);
	free(path);
}

static void save_key(struct mint *m, enum key which, const char *name)
{
	char *path = path_of(m, name);

	if (m->rc == 0)
		m->rc = key_pem_write(path, m->keys[which], OUTFILE_REPLACE, m->err);
	free(path);
}

/* One file with the contents of others, in their order. */
static void concatenate(struct mint *m, const char *name, const char *const *parts)
{
	char *path = path_of(m, name);
	uint8_t *all = NULL;
	size_t total = 0;

	for (; *parts && m->rc == 0; parts++) {
		char *part = path_of(m, *parts);
		uint8_t *data;
		size_t size;

		m->rc = file_read(&data, &size, part, 1 << 20, m->err);
		free(part);
		if (m->rc < 0)
			break;
		all = realloc(all, total + size);
		if (!all)
			abort();
		memcpy(all + total, data, size);
		total += size;
		free(data);
	}
	if (m->rc == 0)
		m->rc = file_write(path, all, total, OUTFILE_REPLACE, 0644, m->err);
	free(all);
	free(path);
}

static void write_text(struct mint *m, const char *name, const char *text)
{
	char *path = path_of(m, name);

	if (m->rc == 0)
		m->rc = file_write(path, text, strlen(text), OUTFILE_REPLACE, 0644,
				   m->err);
	free(path);
}

/* --- Keys ------------------------------------------------------------------- */

static void make_keys(struct mint *m)
{
	unsigned bits = m->options->rsa_bits ? m->options->rsa_bits : 2048;

	for (enum key key = KEY_ROOT_CA; key <= KEY_STRANGER && m->rc == 0; key++)
		m->rc = mint_rsa_key(&m->keys[key], bits, m->err);
	if (m->rc == 0)
		m->rc = ec_generate(&m->keys[KEY_HOST], m->err);
	if (m->rc == 0)
		m->rc = ec_generate(&m->keys[KEY_HOST2], m->err);
	m->keys[KEY_P384] = EVP_EC_gen("P-384");
}

/* --- Certificates ------------------------------------------------------------ */

#define SIMULATED_NAME(cn)                                              \
	{ { "C", "US" }, { "O", "Ultraviolet" }, { "CN", cn }, { NULL, NULL } }

static const struct mint_entry root_name[] = SIMULATED_NAME("Ultraviolet simulated root CA");
static const struct mint_entry inter_name[] =
	SIMULATED_NAME("Ultraviolet simulated intermediate CA");
static const struct mint_entry host_name[] = SIMULATED_NAME("Ultraviolet simulated host key");

/* Where one certificate differs from its kind. */
struct special {
	enum certificate which;
	const char *file;
	enum mint_profile profile;
	const struct mint_entry *subject; /* NULL = a host key's */
	enum key key;
	enum certificate issuer; /* NONE = itself */
	enum key issuer_key;
	const char *crl; /* published where; NULL = nowhere */
	uint64_t serial;
	time_t from, until; /* relative to now; 0 = a day ago, far future */
	const struct mint_entry *issuer_name;
	const char *digest;
	bool no_key_ids;
};

static void mint_one(struct mint *m, const struct special *s)
{
	const char *urls[2];
	char good[512], bad[512];
	struct mint_certificate order = {
		.profile = s->profile,
		.subject = s->subject ? s->subject : host_name,
		.key = m->keys[s->key],
		.issuer = m->certificates[s->issuer],
		.issuer_key = m->keys[s->issuer_key],
		.issuer_name = s->issuer_name,
		.serial = s->serial,
		.not_before = s->from ? m->now + s->from : 0,
		.not_after = s->until ? m->now + s->until : FAR_FUTURE,
		.digest = s->digest,
		.no_key_ids = s->no_key_ids,
		.crl_urls = urls,
	};

	if (s->crl && m->options->crl_base) {
		snprintf(good, sizeof(good), "%s/%s", m->options->crl_base, s->crl);
		snprintf(bad, sizeof(bad), "%s/absent.crl", m->options->crl_base);
		if (s->which == HOST_URI_NA)
			urls[order.crl_url_count++] = bad;
		urls[order.crl_url_count++] = good;
	}
	if (m->rc == 0)
		m->rc = mint_certificate(&m->certificates[s->which], &order, m->err);
	save_certificate(m, s->which, s->file, MINT_PEM);
}

static void mint_all(struct mint *m, const struct special *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		mint_one(m, &table[i]);
}
#define MINT_ALL(m, table) mint_all(m, table, sizeof(table) / sizeof(*(table)))

#define CA(id, name, kind, called) \
	.which = id, .file = name, .profile = kind, .subject = called
#define SIGNING_KEY(id, name, called) \
	.which = id, .file = name, .profile = MINT_SIGNING_KEY, .subject = called
#define DOCUMENT(id, name) .which = id, .file = name, .profile = MINT_HOST_KEY
#define BY(certificate, its_key, list) \
	.issuer = certificate, .issuer_key = its_key, .crl = list
#define BY_INTER_CA BY(INTER_CA, KEY_INTER_CA, "inter_ca.crl")
#define BY_IBM BY(IBM, KEY_IBM, "ibm.crl")

static void mint_authorities(struct mint *m)
{
	const struct special table[] = {
		{ CA(ROOT_CA, "root_ca.crt", MINT_ROOT_CA, root_name),
		  .key = KEY_ROOT_CA, BY(NONE, KEY_ROOT_CA, NULL) },
		{ CA(INTER_CA, "inter_ca.crt", MINT_INTERMEDIATE_CA, inter_name),
		  .key = KEY_INTER_CA, BY(ROOT_CA, KEY_ROOT_CA, "root_ca.crl") },
		{ CA(FAKE_ROOT_CA, "fake_root_ca.crt", MINT_ROOT_CA, root_name),
		  .key = KEY_FAKE_ROOT_CA, BY(NONE, KEY_FAKE_ROOT_CA, NULL) },
		{ CA(FAKE_INTER_CA, "fake_inter_ca.crt", MINT_INTERMEDIATE_CA, inter_name),
		  .key = KEY_FAKE_INTER_CA, .serial = FAKE_REVOKED_SERIAL,
		  BY(FAKE_ROOT_CA, KEY_FAKE_ROOT_CA, "fake_root_ca.crl") },
	};

	MINT_ALL(m, table);
}

static void mint_signing_keys(struct mint *m)
{
	struct mint_entry poughkeepsie[MINT_NAME_ENTRIES];
	struct mint_entry armonk[MINT_NAME_ENTRIES];
	struct mint_entry wrong[MINT_NAME_ENTRIES];

	mint_signing_key_name(poughkeepsie, "Poughkeepsie");
	mint_signing_key_name(armonk, "Armonk");
	mint_signing_key_name(wrong, "Boeblingen");

	const struct special table[] = {
		{ SIGNING_KEY(IBM, "ibm.crt", poughkeepsie), .key = KEY_IBM, BY_INTER_CA },
		{ SIGNING_KEY(IBM_ARMONK, "ibm_armonk.crt", armonk), .key = KEY_IBM,
		  BY_INTER_CA },
		{ SIGNING_KEY(IBM_REV, "ibm_rev.crt", poughkeepsie), .key = KEY_IBM,
		  BY_INTER_CA, .serial = REVOKED_SERIAL },
		{ SIGNING_KEY(IBM_EXPIRED, "ibm_expired.crt", poughkeepsie), .key = KEY_IBM,
		  BY_INTER_CA, .from = -3 * DAY, .until = -DAY },
		{ SIGNING_KEY(IBM_WRONG_SUBJECT, "ibm_wrong_subject.crt", wrong),
		  .key = KEY_IBM, BY_INTER_CA },
		{ SIGNING_KEY(IBM_SELF_SIGNED, "ibm_self_signed.crt", poughkeepsie),
		  .key = KEY_IBM, BY(NONE, KEY_IBM, NULL) },
		{ SIGNING_KEY(FAKE_IBM, "fake_ibm.crt", poughkeepsie), .key = KEY_FAKE_IBM,
		  BY(FAKE_INTER_CA, KEY_FAKE_INTER_CA, "fake_inter_ca.crl") },
	};

	MINT_ALL(m, table);
}

static void mint_host_keys(struct mint *m)
{
	static const struct mint_entry stranger[] = SIMULATED_NAME("Somebody else");
	const struct special table[] = {
		{ DOCUMENT(HOST, "host.crt"), .key = KEY_HOST, BY_IBM },
		{ DOCUMENT(HOST2, "host2.crt"), .key = KEY_HOST2, BY_IBM },
		{ DOCUMENT(HOST_ARMONK, "host_armonk.crt"), .key = KEY_HOST,
		  BY(IBM_ARMONK, KEY_IBM, "ibm.crl") },
		{ DOCUMENT(HOST_REV, "host_rev.crt"), .key = KEY_HOST, BY_IBM },
		{ DOCUMENT(HOST_CRT_EXPIRED, "host_crt_expired.crt"), .key = KEY_HOST,
		  BY_IBM, .from = -3 * DAY, .until = -DAY },
		{ DOCUMENT(HOST_NOT_YET, "host_not_yet.crt"), .key = KEY_HOST, BY_IBM,
		  .from = 30 * DAY },
		{ DOCUMENT(HOST_INVALID_SIGNING_KEY, "host_invalid_signing_key.crt"),
		  .key = KEY_HOST, BY(IBM, KEY_STRANGER, "ibm.crl") },
		{ DOCUMENT(HOST_URI_NA, "host_uri_na.crt"), .key = KEY_HOST, BY_IBM },
		{ DOCUMENT(HOST_OTHER_ISSUER_NAME, "host_other_issuer_name.crt"),
		  .key = KEY_HOST, BY_IBM, .issuer_name = stranger },
		{ DOCUMENT(HOST_SHA1, "host_sha1.crt"), .key = KEY_HOST, BY_IBM,
		  .digest = "SHA1" },
		{ DOCUMENT(HOST_NO_AKID, "host_no_akid.crt"), .key = KEY_HOST, BY_IBM,
		  .no_key_ids = true },
		{ DOCUMENT(HOST_P384, "host_p384.crt"), .key = KEY_P384, BY_IBM },
		{ DOCUMENT(HOST_RSA, "host_rsa.crt"), .key = KEY_STRANGER, BY_IBM },
		{ DOCUMENT(FAKE_HOST, "fake_host.crt"), .key = KEY_HOST,
		  BY(FAKE_IBM, KEY_FAKE_IBM, "fake_ibm.crl") },
	};

	MINT_ALL(m, table);
}

/*
 * A document whose point lies beside the curve, properly signed. No library call
 * makes such a key, so the bytes of a good certificate are changed before it is
 * signed again.
 */
static void mint_off_curve(struct mint *m)
{
	const unsigned char *point;
	int size;

	if (m->rc < 0)
		return;
	m->certificates[HOST_OFF_CURVE] = X509_dup(m->certificates[HOST]);
	X509_PUBKEY_get0_param(NULL, &point, &size, NULL,
			       X509_get_X509_PUBKEY(m->certificates[HOST_OFF_CURVE]));
	((unsigned char *)point)[size - 1] ^= 1;
	if (X509_sign(m->certificates[HOST_OFF_CURVE], m->keys[KEY_IBM], EVP_sha512()) <= 0)
		m->rc = error_set(m->err, ERR_CRYPTO, "Cannot sign a certificate");
	save_certificate(m, HOST_OFF_CURVE, "host_off_curve.crt", MINT_PEM);
}

/* --- Revocation lists -------------------------------------------------------- */

struct list {
	const char *file;
	enum certificate issuer;
	enum key key;
	const struct mint_entry *issuer_name;
	uint64_t serial; /* revoked; 0 = none */
	enum certificate revoked;
	time_t from, until;
	bool endless; /* without a next update */
	const char *digest;
	enum mint_encoding encoding;
};

static void mint_list(struct mint *m, const struct list *l)
{
	struct mint_revoked revoked[2] = { 0 };
	struct mint_crl order = {
		.issuer = m->certificates[l->issuer],
		.issuer_key = m->keys[l->key],
		.issuer_name = l->issuer_name,
		.revoked = revoked,
		.last_update = l->from ? m->now + l->from : 0,
		.next_update = l->endless ? 0 : l->until ? m->now + l->until : FAR_FUTURE,
		.digest = l->digest,
	};
	X509_CRL *crl = NULL;
	char *path = path_of(m, l->file);

	if (l->serial)
		revoked[order.revoked_count++].serial = l->serial;
	if (l->revoked) {
		revoked[order.revoked_count].reason = CRL_REASON_KEY_COMPROMISE;
		revoked[order.revoked_count++].certificate = m->certificates[l->revoked];
	}
	if (m->rc == 0)
		m->rc = mint_crl(&crl, &order, m->err);
	if (m->rc == 0)
		m->rc = mint_write_crl(path, crl, l->encoding, OUTFILE_REPLACE, m->err);
	X509_CRL_free(crl);
	free(path);
}

#define LIST(name, certificate, its_key) \
	.file = name, .issuer = certificate, .key = its_key

static void mint_lists(struct mint *m)
{
	static const struct mint_entry stranger[] = SIMULATED_NAME("Somebody else");
	struct mint_entry reordered[MINT_NAME_ENTRIES];

	mint_signing_key_crl_name(reordered, "Poughkeepsie");

	const struct list table[] = {
		{ LIST("root_ca.crl", ROOT_CA, KEY_ROOT_CA) },
		{ LIST("inter_ca.crl", INTER_CA, KEY_INTER_CA), .serial = REVOKED_SERIAL },
		{ LIST("ibm.crl", IBM, KEY_IBM), .serial = REVOKED_SERIAL,
		  .revoked = HOST_REV },
		{ LIST("der.crl", IBM, KEY_IBM), .revoked = HOST_REV, .encoding = MINT_DER },
		{ LIST("ibm_armonk.crl", IBM_ARMONK, KEY_IBM), .revoked = HOST_REV },
		{ LIST("ibm_reordered.crl", IBM, KEY_IBM), .issuer_name = reordered,
		  .revoked = HOST_REV },
		{ LIST("ibm_empty.crl", IBM, KEY_IBM) },
		{ LIST("ibm_invalid_hash.crl", IBM, KEY_STRANGER), .revoked = HOST_REV },
		{ LIST("ibm_outdated_early.crl", IBM, KEY_IBM), .revoked = HOST_REV,
		  .from = 30 * DAY },
		{ LIST("ibm_outdated_late.crl", IBM, KEY_IBM), .revoked = HOST_REV,
		  .from = -3 * DAY, .until = -DAY },
		{ LIST("ibm_endless.crl", IBM, KEY_IBM), .revoked = HOST_REV,
		  .endless = true },
		{ LIST("ibm_sha1.crl", IBM, KEY_IBM), .revoked = HOST_REV, .digest = "SHA1" },
		{ LIST("ibm_wrong_issuer.crl", IBM, KEY_IBM), .issuer_name = stranger,
		  .revoked = HOST_REV },
		{ LIST("ibm_wrong_subject.crl", IBM_WRONG_SUBJECT, KEY_IBM),
		  .revoked = HOST_REV },
		{ LIST("inter_ca.invalid_date.crl", INTER_CA, KEY_INTER_CA),
		  .from = -3 * DAY, .until = -DAY },
		{ LIST("inter_ca.invalid_signer.crl", INTER_CA, KEY_STRANGER) },
		{ LIST("fake_root_ca.crl", FAKE_ROOT_CA, KEY_FAKE_ROOT_CA) },
		/* The fake root's identity, yet signed with the real root's key. */
		{ LIST("fake_root_ca_valid.crl", FAKE_ROOT_CA, KEY_ROOT_CA),
		  .serial = FAKE_REVOKED_SERIAL },
		{ LIST("fake_inter_ca.crl", FAKE_INTER_CA, KEY_FAKE_INTER_CA) },
		{ LIST("fake_ibm.crl", FAKE_IBM, KEY_FAKE_IBM) },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		mint_list(m, &table[i]);
}

/* Lists that do not speak of all host keys: correct otherwise, and empty. */
static void mint_incomplete(struct mint *m, const char *file, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	struct mint_crl order = {
		.issuer = m->certificates[IBM],
		.issuer_key = m->keys[KEY_IBM],
		.next_update = FAR_FUTURE,
	};
	char *path = path_of(m, file);
	X509_CRL *crl = NULL;

	if (m->rc == 0)
		m->rc = mint_crl(&crl, &order, m->err);
	if (m->rc == 0 && (X509_CRL_add_ext(crl, extension, -1) != 1 ||
			   X509_CRL_sign(crl, m->keys[KEY_IBM], EVP_sha512()) <= 0))
		m->rc = error_set(m->err, ERR_CRYPTO, "Cannot extend '%s'", file);
	if (m->rc == 0)
		m->rc = mint_write_crl(path, crl, MINT_PEM, OUTFILE_REPLACE, m->err);
	X509_EXTENSION_free(extension);
	X509_CRL_free(crl);
	free(path);
}

/* --- The set ------------------------------------------------------------------ */

/* More documents in one file than an image can have key slots. */
static void save_many(struct mint *m)
{
	const char *parts[MANY_HOSTS + 1] = { NULL };

	for (size_t i = 0; i < MANY_HOSTS; i++)
		parts[i] = i % 2 ? "host2.crt" : "host.crt";
	concatenate(m, "many_hosts.crt", parts);
}

static void combine(struct mint *m)
{
#define PARTS(...) (const char *const[]){ __VA_ARGS__, NULL }
	concatenate(m, "root_ca.chained.crt", PARTS("root_ca.crt", "root_ca.crl"));
	concatenate(m, "inter_ca.chained.crt", PARTS("inter_ca.crt", "inter_ca.crl"));
	concatenate(m, "ibm.chained.crt", PARTS("ibm.crt", "ibm.crl"));
	concatenate(m, "bundle.crt", PARTS("inter_ca.crt", "ibm.crt"));
	concatenate(m, "two_hosts.crt", PARTS("host.crt", "host2.crt"));
	concatenate(m, "roots.crt", PARTS("fake_root_ca.crt", "root_ca.crt"));
	concatenate(m, "all.crl", PARTS("ibm.crl", "inter_ca.crl", "root_ca.crl"));
#undef PARTS
	save_many(m);
	save_certificate(m, IBM, "der.crt", MINT_DER);
	save_certificate(m, HOST, "host.der", MINT_DER);
	save_certificate(m, INTER_CA, "inter_ca.der", MINT_DER);
	save_certificate(m, ROOT_CA, "root_ca.der", MINT_DER);
	write_text(m, "empty.crt", "");
	write_text(m, "garbage.crt", "This is no certificate.\n");
	write_text(m, "damaged.crt", "-----BEGIN CERTIFICATE-----\n"
				     "bm8gY2VydGlmaWNhdGU=\n"
				     "-----END CERTIFICATE-----\n");
}

static void save_keys(struct mint *m)
{
	save_key(m, KEY_ROOT_CA, "root_ca.key");
	save_key(m, KEY_INTER_CA, "inter_ca.key");
	save_key(m, KEY_IBM, "ibm.key");
	save_key(m, KEY_HOST, "host.key");
	save_key(m, KEY_HOST2, "host2.key");
}

int pki_mint(const char *folder, const struct pki_options *options,
	     struct error *err)
{
	struct mint m = { .folder = folder, .options = options, .now = time(NULL),
			  .err = err };

	make_keys(&m);
	mint_authorities(&m);
	mint_signing_keys(&m);
	mint_host_keys(&m);
	mint_off_curve(&m);
	mint_lists(&m);
	mint_incomplete(&m, "ibm_partial.crl", NID_issuing_distribution_point,
			"critical,onlyCA:TRUE");
	mint_incomplete(&m, "ibm_delta.crl", NID_delta_crl, "critical,DER:020101");
	combine(&m);
	save_keys(&m);
	for (size_t i = 0; i < CERTIFICATES; i++)
		X509_free(m.certificates[i]);
	for (size_t i = 0; i < KEYS; i++)
		EVP_PKEY_free(m.keys[i]);
	return m.rc;
}

static int remove_entry(const char *path, const struct stat *status, int kind,
			struct FTW *position)
{
	(void)status;
	(void)kind;
	(void)position;
	return remove(path);
}

void pki_remove(const char *folder)
{
	nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
