/* SPDX-License-Identifier: MIT */
#include "ipl/signature_info.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

/* What was printed to @bio, cut to @room bytes. */
static void take_text(char *out, size_t room, BIO *bio)
{
	int length = bio ? BIO_read(bio, out, (int)room - 1) : 0;

	out[length > 0 ? length : 0] = '\0';
	BIO_free(bio);
}

static void take_name(char *out, size_t room, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());

	/* Escapes control characters and what is not ASCII. */
	if (bio)
		X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
	take_text(out, room, bio);
}

static void take_bytes(char *out, size_t room, const ASN1_STRING *bytes)
{
	const unsigned char *data = ASN1_STRING_get0_data(bytes);
	int length = ASN1_STRING_length(bytes);

	out[0] = '\0';
	for (int i = 0; i < length && 2 * (size_t)i + 3 <= room; i++)
		snprintf(out + 2 * i, 3, "%02x", data[i]);
}

static void take_object(char *out, size_t room, const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object = NULL;
	int nid;

	if (algorithm)
		X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	nid = object ? OBJ_obj2nid(object) : NID_undef;
	snprintf(out, room, "%s", nid == NID_undef ? "unknown" : OBJ_nid2sn(nid));
}

static void take_signer(struct signature_info *info, CMS_SignerInfo *signer)
{
	ASN1_OCTET_STRING *key_id = NULL;
	ASN1_INTEGER *serial = NULL;
	X509_NAME *issuer = NULL;
	X509_ALGOR *digest = NULL, *algorithm = NULL;

	CMS_SignerInfo_get0_signer_id(signer, &key_id, &issuer, &serial);
	if (issuer)
		take_name(info->issuer, sizeof(info->issuer), issuer);
	if (serial)
		take_bytes(info->serial, sizeof(info->serial), serial);
	if (key_id)
		take_bytes(info->key_id, sizeof(info->key_id), key_id);
	CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, &algorithm);
	take_object(info->digest, sizeof(info->digest), digest);
	take_object(info->algorithm, sizeof(info->algorithm), algorithm);
	info->attributes = CMS_signed_get_attr_count(signer) > 0;
}

static int count_certificates(CMS_ContentInfo *cms)
{
	STACK_OF(X509) *certificates = CMS_get1_certs(cms);
	int count = certificates ? sk_X509_num(certificates) : 0;

	sk_X509_pop_free(certificates, X509_free);
	return count;
}

bool signature_info_read(struct signature_info *info, const void *der, size_t size)
{
	const unsigned char *at = der;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)size);
	STACK_OF(CMS_SignerInfo) *signers = NULL;
	bool one;

	*info = (struct signature_info){ 0 };
	if (cms && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed)
		signers = CMS_get0_SignerInfos(cms);
	one = sk_CMS_SignerInfo_num(signers) == 1;
	if (one) {
		take_signer(info, sk_CMS_SignerInfo_value(signers, 0));
		info->certificates = count_certificates(cms);
	}
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return one;
}
