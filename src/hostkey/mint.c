/* SPDX-License-Identifier: MIT */
#include "hostkey/mint.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "crypto/crypto.h"

#define IBM "International Business Machines Corporation"
#define UNIT "IBM Z Host Key Signing Service"
#define DAY 86400
#define SERIAL_BITS 127 /* 16 bytes, and positive */

void mint_signing_key_name(struct mint_entry name[MINT_NAME_ENTRIES],
			   const char *locality)
{
	const struct mint_entry entries[MINT_NAME_ENTRIES] = {
		{ "C", "US" }, { "ST", "New York" }, { "L", locality },
		{ "O", IBM }, { "OU", UNIT }, { "CN", IBM },
	};

	memcpy(name, entries, sizeof(entries));
}

void mint_signing_key_crl_name(struct mint_entry name[MINT_NAME_ENTRIES],
			       const char *locality)
{
	const struct mint_entry entries[MINT_NAME_ENTRIES] = {
		{ "C", "US" }, { "O", IBM }, { "OU", UNIT },
		{ "L", locality }, { "ST", "New York" }, { "CN", IBM },
	};

	memcpy(name, entries, sizeof(entries));
}

time_t mint_years_from_now(int years)
{
	return time(NULL) + (time_t)years * 365 * DAY;
}

int mint_rsa_key(EVP_PKEY **out, unsigned bits, struct error *err)
{
	*out = EVP_RSA_gen(bits);
	return *out ? 0 : crypto_error(err, "Cannot generate an RSA key of %u bits", bits);
}

/* --- Names, times, numbers ------------------------------------------------- */

/* The name that @entries spell, or a copy of @other; NULL = failure. */
static X509_NAME *make_name(const struct mint_entry *entries,
			    const X509_NAME *other)
{
	X509_NAME *name = entries ? X509_NAME_new() : X509_NAME_dup(other);

	for (; name && entries && entries->type; entries++) {
		if (X509_NAME_add_entry_by_txt(name, entries->type, MBSTRING_UTF8,
					       (const unsigned char *)entries->value,
					       -1, -1, 0) != 1) {
			X509_NAME_free(name);
			return NULL;
		}
	}
	return name;
}

static bool set_serial(ASN1_INTEGER *serial, uint64_t value)
{
	BIGNUM *number;
	bool set;

	if (value)
		return ASN1_INTEGER_set_uint64(serial, value) == 1;
	number = BN_new();
	set = number &&
	      BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
	      BN_to_ASN1_INTEGER(number, serial);
	BN_free(number);
	return set;
}

static time_t or_yesterday(time_t moment)
{
	return moment ? moment : time(NULL) - DAY;
}

/* --- Extensions ------------------------------------------------------------ */

static const char *basic_constraints(enum mint_profile profile)
{
	switch (profile) {
	case MINT_ROOT_CA:
	case MINT_INTERMEDIATE_CA:
		return "critical,CA:TRUE";
	case MINT_SIGNING_KEY:
	case MINT_BOOT_SIGNING:
		return "critical,CA:FALSE";
	case MINT_HOST_KEY:
		break; /* real ones have none */
	}
	return NULL;
}

static const char *key_usage(enum mint_profile profile)
{
	switch (profile) {
	case MINT_ROOT_CA:
	case MINT_INTERMEDIATE_CA:
		return "critical,keyCertSign,cRLSign";
	case MINT_SIGNING_KEY:
	case MINT_BOOT_SIGNING:
		return "critical,digitalSignature";
	case MINT_HOST_KEY:
		break;
	}
	return "critical,keyAgreement";
}

/* Adds an extension in the words of OpenSSL's configuration; NULL adds none. */
static bool add_worded(X509 *certificate, X509V3_CTX *ctx, int nid, const char *value)
{
	X509_EXTENSION *extension;
	bool added;

	if (!value)
		return true;
	extension = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
	added = extension && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return added;
}

/* NULL adds none. */
static bool add_comment(X509 *certificate, const char *comment)
{
	ASN1_IA5STRING *text;
	bool added;

	if (!comment)
		return true;
	text = ASN1_IA5STRING_new();
	added = text && ASN1_STRING_set(text, comment, -1) == 1 &&
		X509_add1_ext_i2d(certificate, NID_netscape_comment, text, 0,
				  X509V3_ADD_DEFAULT) == 1;

	ASN1_IA5STRING_free(text);
	return added;
}

/* A distribution point whose one full name is @url; NULL = failure. */
static DIST_POINT *make_point(const char *url)
{
	DIST_POINT *point = DIST_POINT_new();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	GENERAL_NAMES *names = GENERAL_NAMES_new();

	if (point)
		point->distpoint = DIST_POINT_NAME_new();
	if (!point || !point->distpoint || !name || !text || !names ||
	    ASN1_STRING_set(text, url, -1) != 1 ||
	    sk_GENERAL_NAME_push(names, name) <= 0) {
		GENERAL_NAMES_free(names);
		ASN1_IA5STRING_free(text);
		GENERAL_NAME_free(name);
		DIST_POINT_free(point);
		return NULL;
	}
	GENERAL_NAME_set0_value(name, GEN_URI, text);
	point->distpoint->type = 0; /* fullName */
	point->distpoint->name.fullname = names;
	return point;
}

static bool add_urls(X509 *certificate, const char *const *urls, size_t count)
{
	CRL_DIST_POINTS *points;
	bool added = true;

	if (count == 0)
		return true;
	points = CRL_DIST_POINTS_new();
	for (size_t i = 0; points && added && i < count; i++) {
		DIST_POINT *point = make_point(urls[i]);

		added = point && sk_DIST_POINT_push(points, point) > 0;
		if (!added)
			DIST_POINT_free(point);
	}
	added = points && added &&
		X509_add1_ext_i2d(certificate, NID_crl_distribution_points, points, 0,
				  X509V3_ADD_DEFAULT) == 1;
	CRL_DIST_POINTS_free(points);
	return added;
}

static bool add_key_ids(X509 *certificate, X509V3_CTX *ctx,
			const struct mint_certificate *order)
{
	if (order->no_key_ids)
		return true;
	return add_worded(certificate, ctx, NID_subject_key_identifier, "hash") &&
	       /* A user's own CA need not have one to refer to. */
	       (!order->issuer || !X509_get0_subject_key_id(order->issuer) ||
		add_worded(certificate, ctx, NID_authority_key_identifier,
			   "keyid:always"));
}

static const char *comment_of(const struct mint_certificate *order)
{
	if (order->comment || order->profile == MINT_BOOT_SIGNING)
		return order->comment;
	return MINT_COMMENT;
}

static bool add_extensions(X509 *certificate, const struct mint_certificate *order)
{
	X509 *issuer = order->issuer ? order->issuer : certificate;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, certificate, NULL, NULL, 0);
	return add_worded(certificate, &ctx, NID_basic_constraints,
			  basic_constraints(order->profile)) &&
	       add_worded(certificate, &ctx, NID_key_usage, key_usage(order->profile)) &&
	       add_worded(certificate, &ctx, NID_ext_key_usage,
			  order->profile == MINT_SIGNING_KEY ? "codeSigning" : NULL) &&
	       add_key_ids(certificate, &ctx, order) &&
	       add_urls(certificate, order->crl_urls, order->crl_url_count) &&
	       add_comment(certificate, comment_of(order));
}

/* --- Certificates ---------------------------------------------------------- */

static bool set_names(X509 *certificate, const struct mint_certificate *order)
{
	X509_NAME *subject = make_name(order->subject, NULL);
	X509_NAME *issuer = NULL;
	bool set;

	if (order->issuer_name || order->issuer)
		issuer = make_name(order->issuer_name,
				   order->issuer ? X509_get_subject_name(order->issuer) :
						   NULL);
	else
		issuer = make_name(order->subject, NULL);
	set = subject && issuer &&
	      X509_set_subject_name(certificate, subject) == 1 &&
	      X509_set_issuer_name(certificate, issuer) == 1;
	X509_NAME_free(subject);
	X509_NAME_free(issuer);
	return set;
}

static const EVP_MD *digest_of(const struct mint_certificate *order)
{
	if (order->digest)
		return EVP_get_digestbyname(order->digest);
	return order->profile == MINT_HOST_KEY ? EVP_sha512() : EVP_sha256();
}

static bool fill_certificate(X509 *certificate, const struct mint_certificate *order)
{
	const EVP_MD *digest = digest_of(order);

	return digest && X509_set_version(certificate, X509_VERSION_3) == 1 &&
	       set_serial(X509_get_serialNumber(certificate), order->serial) &&
	       ASN1_TIME_set(X509_getm_notBefore(certificate),
			     or_yesterday(order->not_before)) &&
	       ASN1_TIME_set(X509_getm_notAfter(certificate), order->not_after) &&
	       set_names(certificate, order) &&
	       X509_set_pubkey(certificate, order->key) == 1 &&
	       add_extensions(certificate, order) &&
	       X509_sign(certificate, order->issuer_key, digest) > 0;
}

int mint_certificate(X509 **out, const struct mint_certificate *order,
		     struct error *err)
{
	X509 *certificate = X509_new();

	*out = NULL;
	if (!certificate || !fill_certificate(certificate, order)) {
		X509_free(certificate);
		return crypto_error(err, "Cannot make a certificate");
	}
	*out = certificate;
	return 0;
}

/* --- Revocation lists ------------------------------------------------------ */

static bool add_reason(X509_REVOKED *entry, int reason)
{
	ASN1_ENUMERATED *value;
	bool added;

	if (!reason)
		return true;
	value = ASN1_ENUMERATED_new();
	added = value && ASN1_ENUMERATED_set(value, reason) == 1 &&
		X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, value, 0,
					  X509V3_ADD_DEFAULT) == 1;
	ASN1_ENUMERATED_free(value);
	return added;
}

static bool fill_entry(X509_REVOKED *entry, const struct mint_revoked *order,
		       const ASN1_TIME *date)
{
	ASN1_INTEGER *serial;
	bool filled;

	if (order->certificate)
		serial = ASN1_INTEGER_dup(X509_get0_serialNumber(order->certificate));
	else
		serial = ASN1_INTEGER_new();
	filled = serial &&
		 (order->certificate ||
		  ASN1_INTEGER_set_uint64(serial, order->serial) == 1) &&
		 X509_REVOKED_set_serialNumber(entry, serial) == 1 &&
		 X509_REVOKED_set_revocationDate(entry, (ASN1_TIME *)date) == 1 &&
		 add_reason(entry, order->reason);
	ASN1_INTEGER_free(serial);
	return filled;
}

static bool add_entry(X509_CRL *crl, const struct mint_revoked *order)
{
	X509_REVOKED *entry = X509_REVOKED_new();

	if (entry && fill_entry(entry, order, X509_CRL_get0_lastUpdate(crl)) &&
	    X509_CRL_add0_revoked(crl, entry) == 1)
		return true;
	X509_REVOKED_free(entry);
	return false;
}

static bool set_dates(X509_CRL *crl, const struct mint_crl *order)
{
	ASN1_TIME *last = ASN1_TIME_set(NULL, or_yesterday(order->last_update));
	ASN1_TIME *next = NULL;
	bool set = last && X509_CRL_set1_lastUpdate(crl, last) == 1;

	if (set && order->next_update) {
		next = ASN1_TIME_set(NULL, order->next_update);
		set = next && X509_CRL_set1_nextUpdate(crl, next) == 1;
	}
	ASN1_TIME_free(last);
	ASN1_TIME_free(next);
	return set;
}

/* The issuer's name and key identifier. */
static bool set_issuer(X509_CRL *crl, const struct mint_crl *order)
{
	X509_NAME *name = make_name(order->issuer_name,
				    X509_get_subject_name(order->issuer));
	X509_EXTENSION *extension = NULL;
	X509V3_CTX ctx;
	bool set = name && X509_CRL_set_issuer_name(crl, name) == 1;

	X509V3_set_ctx(&ctx, order->issuer, NULL, NULL, crl, 0);
	if (set && X509_get0_subject_key_id(order->issuer)) {
		extension = X509V3_EXT_conf_nid(NULL, &ctx,
						NID_authority_key_identifier,
						"keyid:always");
		set = extension && X509_CRL_add_ext(crl, extension, -1) == 1;
	}
	X509_EXTENSION_free(extension);
	X509_NAME_free(name);
	return set;
}

static bool fill_crl(X509_CRL *crl, const struct mint_crl *order)
{
	const EVP_MD *digest =
		EVP_get_digestbyname(order->digest ? order->digest : "SHA512");

	if (!digest || X509_CRL_set_version(crl, X509_CRL_VERSION_2) != 1 ||
	    !set_issuer(crl, order) || !set_dates(crl, order))
		return false;
	for (size_t i = 0; i < order->revoked_count; i++)
		if (!add_entry(crl, &order->revoked[i]))
			return false;
	return X509_CRL_sort(crl) == 1 &&
	       X509_CRL_sign(crl, order->issuer_key, digest) > 0;
}

int mint_crl(X509_CRL **out, const struct mint_crl *order, struct error *err)
{
	X509_CRL *crl = X509_CRL_new();

	*out = NULL;
	if (!crl || !fill_crl(crl, order)) {
		X509_CRL_free(crl);
		return crypto_error(err, "Cannot make a revocation list");
	}
	*out = crl;
	return 0;
}
