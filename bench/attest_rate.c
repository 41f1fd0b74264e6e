/* SPDX-License-Identifier: MIT */
/*
 * How fast requests are made, next to the curve operations that each takes (one key
 * pair, one key exchange for each host), and how fast responses are verified. On
 * one core; medians of pairs measured one after the other.
 *
 *     attest_rate HOSTS [ROUNDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attestation/exchange.h"
#include "attestation/response.h"
#include "rate.h"

#define MAX_ROUNDS 99
#define VERIFICATIONS 1000

/* The operations on the curve that a request cannot do without. */
static double time_operations(const struct request_hosts *hosts)
{
	double begin = now();
	EVP_PKEY *customer;

	need(ec_generate(&customer, NULL) == 0, "making a key");
	for (size_t i = 0; i < hosts->count; i++) {
		struct secret *shared;

		need(ec_exchange(&shared, customer, hosts->keys[i], NULL) == 0,
		     "exchanging keys");
		secret_free(shared);
	}
	EVP_PKEY_free(customer);
	return now() - begin;
}

static double time_creation(struct arcb_request *request, const struct request_hosts *hosts)
{
	double begin = now();

	need(arcb_request_new(request, hosts, ATTEST_ADDITIONAL, NULL) == 0,
	     "making a request");
	return now() - begin;
}

/* A response to @request, as the ultravisor gives it, of an image of zeros. */
static void respond(struct text *out, const struct arcb_request *request)
{
	static const uint8_t zeros[448];
	static const struct image_tags image;
	uint8_t measurement[MEASUREMENT_SIZE];
	struct measurement_input input = {
		.image = &image, .cuid = zeros, .user_data = zeros, .user_size = 32,
		.additional = zeros, .additional_size = sizeof(zeros),
	};
	struct exchange content = {
		.arcb = { request->bytes, request->size },
		.measurement = { measurement, sizeof(measurement) },
		.additional = { zeros, sizeof(zeros) }, .user_data = { zeros, 32 },
		.cuid = { zeros, ATTEST_CUID_SIZE },
	};
	struct secret *area;
	struct arcb arcb;

	need(arcb_parse(&arcb, request->bytes, request->size, ATTEST_KNOWN, NULL, NULL) == 0 &&
	     arcb_open(&area, &arcb, secret_view(request->protection_key), NULL) == 0,
	     "opening a request");
	input.nonce = ((const struct arcb_area *)secret_view(area))->nonce;
	need(measurement_compute(measurement, secret_view(area), &input, NULL) == 0,
	     "measuring");
	secret_free(area);
	exchange_write(out, &content);
	need(text_ok(out), "writing a response");
}

/* Seconds for one verification. */
static double time_verification(const struct arcb_request *request)
{
	static const struct image_tags image;
	struct attestation_response response;
	struct text bytes = { 0 };
	double begin;

	respond(&bytes, request);
	begin = now();
	for (int i = 0; i < VERIFICATIONS; i++)
		need(attestation_response_parse(&response, bytes.chars, bytes.length, NULL) == 0 &&
		     attestation_response_verify(&response, &image,
						 secret_view(request->protection_key), NULL) == 0,
		     "verifying");
	begin = now() - begin;
	text_free(&bytes);
	return begin / VERIFICATIONS;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), ascending);
	return values[count / 2];
}

int main(int argc, char **argv)
{
	size_t hosts = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
	size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 15;
	double ratio[MAX_ROUNDS], creation[MAX_ROUNDS], verification[MAX_ROUNDS];
	EVP_PKEY *key, *keys[REQUEST_MAX_SLOTS];

	need(hosts >= 1 && hosts <= REQUEST_MAX_SLOTS && rounds >= 1 && rounds <= MAX_ROUNDS,
	     "reading the arguments");
	need(ec_generate(&key, NULL) == 0, "making a key");
	for (size_t i = 0; i < hosts; i++)
		keys[i] = key;
	for (size_t i = 0; i < rounds; i++) {
		const struct request_hosts to = { keys, hosts };
		struct arcb_request request;
		double operations = time_operations(&to);

		creation[i] = time_creation(&request, &to);
		ratio[i] = creation[i] / operations;
		verification[i] = time_verification(&request);
		arcb_request_free(&request);
	}
	printf("%3zu hosts: %8.1f requests/s, %.2f of their curve operations' time (aim: 1.30 or less)\n",
	       hosts, 1 / median(creation, rounds), median(ratio, rounds));
	printf("%3zu hosts: %8.0f verifications/s (aim: 1000 or more)\n", hosts,
	       1 / median(verification, rounds));
	EVP_PKEY_free(key);
	return 0;
}
