/* SPDX-License-Identifier: MIT */
#include "hostkey/signing_key.h"

#include <openssl/objects.h>
#include <string.h>

#define IBM "International Business Machines Corporation"
#define UNIT_SUFFIX "Key Signing Service"

/* The data of the first entry of a type; NULL = there is none. */
static const ASN1_STRING *name_value(const X509_NAME *name, int nid)
{
	int index = X509_NAME_get_index_by_NID(name, nid, -1);

	if (index < 0)
		return NULL;
	return X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index));
}

static bool value_is(const X509_NAME *name, int nid, const char *text)
{
	const ASN1_STRING *value = name_value(name, nid);
	size_t length = strlen(text);

	return value && (size_t)ASN1_STRING_length(value) == length &&
	       memcmp(ASN1_STRING_get0_data(value), text, length) == 0;
}

static bool unit_fits(const X509_NAME *name)
{
	const ASN1_STRING *value = name_value(name, NID_organizationalUnitName);
	size_t suffix = strlen(UNIT_SUFFIX);
	unsigned char *text;
	int length;
	bool fits;

	if (!value)
		return false;
	length = ASN1_STRING_to_UTF8(&text, value);
	if (length < 0)
		return false;
	fits = (size_t)length >= suffix &&
	       memcmp(text + (size_t)length - suffix, UNIT_SUFFIX, suffix) == 0;
	OPENSSL_free(text);
	return fits;
}

const char *signing_key_mismatch(const X509_NAME *name)
{
	if (X509_NAME_entry_count(name) != SIGNING_KEY_ENTRIES)
		return "the name does not have exactly six entries";
	if (!value_is(name, NID_countryName, "US"))
		return "the country (C) is not US";
	if (!value_is(name, NID_stateOrProvinceName, "New York"))
		return "the state (ST) is not New York";
	if (!value_is(name, NID_localityName, SIGNING_KEY_POUGHKEEPSIE) &&
	    !value_is(name, NID_localityName, SIGNING_KEY_ARMONK))
		return "the locality (L) is neither Poughkeepsie nor Armonk";
	if (!value_is(name, NID_organizationName, IBM))
		return "the organization (O) is not " IBM;
	if (!value_is(name, NID_commonName, IBM))
		return "the common name (CN) is not " IBM;
	if (!unit_fits(name))
		return "the unit (OU) does not end with " UNIT_SUFFIX;
	return NULL;
}

bool signing_key_names_agree(const X509_NAME *a, const X509_NAME *b)
{
	const ASN1_STRING *unit_a, *unit_b;

	if (signing_key_mismatch(a) || signing_key_mismatch(b))
		return false;
	unit_a = name_value(a, NID_organizationalUnitName);
	unit_b = name_value(b, NID_organizationalUnitName);
	/* Only the contents: one may be UTF8String, the other PrintableString. */
	return ASN1_STRING_length(unit_a) == ASN1_STRING_length(unit_b) &&
	       memcmp(ASN1_STRING_get0_data(unit_a), ASN1_STRING_get0_data(unit_b),
		      (size_t)ASN1_STRING_length(unit_a)) == 0;
}

/* Appends an entry of another name, as Poughkeepsie where @move asks for it. */
static bool append_entry(X509_NAME *name, const X509_NAME_ENTRY *entry, bool move)
{
	const ASN1_OBJECT *type = X509_NAME_ENTRY_get_object(entry);

	if (move && OBJ_obj2nid(type) == NID_localityName)
		return X509_NAME_add_entry_by_NID(
			       name, NID_localityName, V_ASN1_UTF8STRING,
			       (const unsigned char *)SIGNING_KEY_POUGHKEEPSIE,
			       -1, -1, 0) == 1;
	return X509_NAME_add_entry(name, entry, -1, 0) == 1;
}

/* @subject with its locality moved to Poughkeepsie and/or its entries reordered. */
static X509_NAME *name_variant(const X509_NAME *subject, bool move, bool reorder)
{
	static const int order[SIGNING_KEY_ENTRIES] = {
		NID_countryName, NID_organizationName, NID_organizationalUnitName,
		NID_localityName, NID_stateOrProvinceName, NID_commonName,
	};
	X509_NAME *name = X509_NAME_new();
	int count = X509_NAME_entry_count(subject);

	if (reorder)
		count = SIGNING_KEY_ENTRIES;
	for (int i = 0; name && i < count; i++) {
		int index = reorder ? X509_NAME_get_index_by_NID(subject, order[i], -1) : i;

		if (index < 0)
			continue; /* not a usual signing key's name */
		if (!append_entry(name, X509_NAME_get_entry(subject, index), move)) {
			X509_NAME_free(name);
			name = NULL;
		}
	}
	return name;
}

/* Appends @name, which is taken over, unless it is there already. */
static bool add_name(X509_NAME **names, size_t *count, X509_NAME *name)
{
	if (!name)
		return false;
	for (size_t i = 0; i < *count; i++) {
		if (X509_NAME_cmp(names[i], name) == 0) {
			X509_NAME_free(name);
			return true;
		}
	}
	names[(*count)++] = name;
	return true;
}

bool signing_key_crl_names(X509_NAME *names[SIGNING_KEY_CRL_NAMES],
			   size_t *count, const X509_NAME *subject)
{
	bool armonk = value_is(subject, NID_localityName, SIGNING_KEY_ARMONK);

	*count = 0;
	if (add_name(names, count, name_variant(subject, false, false)) &&
	    (!armonk ||
	     (add_name(names, count, name_variant(subject, true, false)) &&
	      add_name(names, count, name_variant(subject, true, true)))) &&
	    add_name(names, count, name_variant(subject, false, true)))
		return true;
	while (*count > 0)
		X509_NAME_free(names[--*count]);
	return false;
}
