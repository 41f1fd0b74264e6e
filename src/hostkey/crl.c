/* SPDX-License-Identifier: MIT */
#include "hostkey/crl.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "hostkey/pki.h"

#define URL_LENGTH 2048

/* @now is not before @time. False also for a malformed @time. */
static bool time_has_come(const ASN1_TIME *time, time_t now)
{
	return time && X509_cmp_time(time, &now) == -1;
}

static bool time_is_ahead(const ASN1_TIME *time, time_t now)
{
	return time && X509_cmp_time(time, &now) == 1;
}

/* @present becomes whether the CRL has the extension, well-formed or not. */
static void *crl_extension(const X509_CRL *crl, int nid, bool *present)
{
	int critical;
	void *extension = X509_CRL_get_ext_d2i(crl, nid, &critical, NULL);

	/* -1: absent; -2: twice; else there, or undecodable. */
	*present = critical != -1;
	return extension;
}

/* Lists for some reasons only, for CAs only or on behalf of others do not count. */
static bool covers_host_keys(const X509_CRL *crl)
{
	bool present, full;
	ISSUING_DIST_POINT *scope =
		crl_extension(crl, NID_issuing_distribution_point, &present);

	if (!scope)
		return !present;
	full = !scope->onlyCA && !scope->onlyattr && !scope->indirectCRL &&
	       !scope->onlysomereasons;
	ISSUING_DIST_POINT_free(scope);
	return full;
}

static bool has_unknown_critical_extension(const X509_CRL *crl)
{
	int at = -1;

	while ((at = X509_CRL_get_ext_by_critical(crl, 1, at)) >= 0) {
		X509_EXTENSION *extension = X509_CRL_get_ext(crl, at);
		int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));

		if (nid != NID_issuing_distribution_point &&
		    nid != NID_authority_key_identifier)
			return true;
	}
	return false;
}

static bool names_key_of(const X509_CRL *crl, X509 *issuer)
{
	bool present, fits;
	AUTHORITY_KEYID *akid =
		crl_extension(crl, NID_authority_key_identifier, &present);

	if (!akid)
		return !present;
	fits = X509_check_akid(issuer, akid) == X509_V_OK;
	AUTHORITY_KEYID_free(akid);
	return fits;
}

/* The digest of the signature is SHA-2 or of that strength. */
static bool digest_is_strong(const X509_CRL *crl)
{
	int digest, key;
	const EVP_MD *md;

	if (OBJ_find_sigid_algs(X509_CRL_get_signature_nid(crl), &digest, &key) != 1)
		return false;
	if (digest == NID_undef)
		return true; /* part of the signature scheme itself */
	md = EVP_get_digestbynid(digest);
	/* Half the digest's bits withstand collisions; SHA-1 and MD5 fewer still. */
	return md && EVP_MD_get_size(md) * 4 >= PKI_SECURITY_BITS;
}

static bool is_signed_by(const X509_CRL *crl, X509 *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer);
	/* The call does not change the list, although it does not say so. */
	bool good = key && X509_CRL_verify((X509_CRL *)crl, key) == 1;

	ERR_clear_error();
	return good;
}

const char *crl_problem(const X509_CRL *crl, X509 *issuer, time_t now)
{
	if (!X509_CRL_get0_nextUpdate(crl))
		return "it does not say until when it is valid";
	if (!time_has_come(X509_CRL_get0_lastUpdate(crl), now))
		return "it is not yet valid";
	if (!time_is_ahead(X509_CRL_get0_nextUpdate(crl), now))
		return "it is no longer valid";
	if (!names_key_of(crl, issuer))
		return "it names another key as its issuer";
	if (has_unknown_critical_extension(crl) || !covers_host_keys(crl))
		return "it is not a complete list";
	if (!digest_is_strong(crl))
		return "its signature uses a weak digest";
	if (!is_signed_by(crl, issuer))
		return "its signature is not the issuer's";
	return NULL;
}

size_t crl_size(X509_CRL *crl)
{
	int count = sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl));

	return count > 0 ? (size_t)count : 0;
}

bool crl_lists(X509_CRL *crl, const X509 *certificate)
{
	X509_REVOKED *entry;

	/* 1 = revoked, 2 = "removed from CRL", which counts as well. */
	return X509_CRL_get0_by_serial(crl, &entry,
				       X509_get0_serialNumber(certificate)) != 0;
}

/* A copy of @name when it is an URL that can be shown and asked for. */
static char *usable_url(const GENERAL_NAME *name)
{
	const ASN1_IA5STRING *uri;
	const unsigned char *bytes;
	int length;

	if (name->type != GEN_URI)
		return NULL;
	uri = name->d.uniformResourceIdentifier;
	length = ASN1_STRING_length(uri);
	bytes = ASN1_STRING_get0_data(uri);
	if (length <= 0 || length > URL_LENGTH)
		return NULL;
	for (int i = 0; i < length; i++)
		if (bytes[i] <= ' ' || bytes[i] > '~')
			return NULL;
	return strndup((const char *)bytes, (size_t)length);
}

size_t crl_urls(char *urls[CRL_MAX_URLS], const X509 *certificate)
{
	STACK_OF(DIST_POINT) *points = X509_get_ext_d2i(
		certificate, NID_crl_distribution_points, NULL, NULL);
	size_t count = 0;

	for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
		const DIST_POINT_NAME *point = sk_DIST_POINT_value(points, i)->distpoint;

		if (!point || point->type != 0)
			continue; /* relative to the issuer: no URL */
		for (int j = 0; j < sk_GENERAL_NAME_num(point->name.fullname); j++) {
			char *url = usable_url(
				sk_GENERAL_NAME_value(point->name.fullname, j));

			if (url && count < CRL_MAX_URLS)
				urls[count++] = url;
			else
				free(url);
		}
	}
	sk_DIST_POINT_pop_free(points, DIST_POINT_free);
	ERR_clear_error();
	return count;
}
