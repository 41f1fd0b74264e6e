/* SPDX-License-Identifier: MIT */
/*
 * Keys in tokens, through whatever OpenSSL has been given for them: the provider
 * "pkcs11", or where there is none, the engine of the same name.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* of engines there is no other way to speak */
#include "ipl/sign_pkcs11.h"

#ifndef OPENSSL_NO_ENGINE
#include <openssl/engine.h>
#endif
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/ui.h>

#include "crypto/crypto.h"

static int ask_pin(char *buffer, int room, int writing, void *context)
{
	const struct sign_passphrase *passphrase = context;

	(void)writing;
	return passphrase ? passphrase->get(passphrase->context, buffer, room) : -1;
}

/* The first private key that the store gives out; NULL = none. */
static EVP_PKEY *first_key(OSSL_STORE_CTX *store)
{
	EVP_PKEY *key = NULL;

	while (!key && !OSSL_STORE_eof(store)) {
		OSSL_STORE_INFO *info = OSSL_STORE_load(store);

		if (info && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
			key = OSSL_STORE_INFO_get1_PKEY(info);
		OSSL_STORE_INFO_free(info);
		if (!info && OSSL_STORE_error(store))
			break;
	}
	return key;
}

static EVP_PKEY *from_provider(const char *uri, const UI_METHOD *ui,
			       const struct sign_passphrase *passphrase)
{
	OSSL_STORE_CTX *store = OSSL_STORE_open(uri, ui, (void *)(uintptr_t)passphrase,
						NULL, NULL);
	EVP_PKEY *key;

	if (!store)
		return NULL;
	if (OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY) != 1)
		ERR_clear_error(); /* only a hint to the store */
	key = first_key(store);
	OSSL_STORE_close(store);
	return key;
}

#ifdef OPENSSL_NO_ENGINE
static EVP_PKEY *from_engine(bool *there, const char *uri, UI_METHOD *ui,
			     const struct sign_passphrase *passphrase)
{
	(void)uri, (void)ui, (void)passphrase;
	*there = false;
	return NULL;
}
#else
static EVP_PKEY *from_engine(bool *there, const char *uri, UI_METHOD *ui,
			     const struct sign_passphrase *passphrase)
{
	ENGINE *engine;
	EVP_PKEY *key = NULL;

	ENGINE_load_builtin_engines();
	engine = ENGINE_by_id("pkcs11");
	*there = engine && ENGINE_init(engine) == 1;
	if (*there) {
		key = ENGINE_load_private_key(engine, uri, ui,
					      (void *)(uintptr_t)passphrase);
		ENGINE_finish(engine); /* the key holds a reference of its own */
	}
	ENGINE_free(engine);
	return key;
}
#endif

static int no_support(struct error *err)
{
	ERR_clear_error();
	error_set(err, ERR_UNSUPPORTED,
		  "OpenSSL has neither a provider nor an engine for PKCS#11 here");
	return error_hint(err, ERR_UNSUPPORTED,
			  "Install one (Debian: pkcs11-provider or libengine-pkcs11-openssl), and name the token's library in its configuration or in PKCS11_MODULE_PATH");
}

int sign_pkcs11_load(EVP_PKEY **out, const char *uri,
		     const struct sign_passphrase *passphrase, struct error *err)
{
	/* Loaded until the process ends: the key lives in it. */
	bool provider = OSSL_PROVIDER_try_load(NULL, "pkcs11", 1) != NULL;
	bool engine = false;
	UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(ask_pin, 0);

	*out = NULL;
	if (!ui)
		return crypto_error(err, "Cannot prepare to ask for a PIN");
	ERR_clear_error();
	if (provider)
		*out = from_provider(uri, ui, passphrase);
	if (!*out && !provider)
		*out = from_engine(&engine, uri, ui, passphrase);
	UI_destroy_method(ui);
	if (*out)
		return 0;
	if (!provider && !engine)
		return no_support(err);
	crypto_error(err, "No private key is found as '%s'", uri);
	return error_hint(err, ERR_NOT_FOUND,
			  "Is the URI right, the token there, and the PIN too? p11tool --list-all shows what there is");
}
