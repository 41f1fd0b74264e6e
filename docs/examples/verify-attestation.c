/* SPDX-License-Identifier: MIT */
/* verify-attestation POLICY KEY RESPONSE CHALLENGE: is the guest to be trusted? */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <ultraviolet/attestation.h>

static char policy[1 << 18], key[ULTRAVIOLET_KEY_SIZE], response[1 << 20];

static size_t read_file(void *bytes, size_t room, const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t size = file ? fread(bytes, 1, room, file) : 0;

	if (file)
		fclose(file);
	return size;
}

int main(int argc, char **argv)
{
	struct ultraviolet_attestation_request request = { .key = key };
	struct ultraviolet_attestation_expected expected = { .policy = policy };
	struct ultraviolet_attestation_verdict verdict;

	if (argc != 5 || read_file(key, sizeof(key), argv[2]) != sizeof(key))
		return 1;
	expected.policy_size = read_file(policy, sizeof(policy), argv[1]);
	expected.challenge = argv[4];
	expected.challenge_size = strlen(argv[4]);
	ultraviolet_attestation_verify(&request, response, read_file(response, sizeof(response),
				       argv[3]), &expected, time(NULL), &verdict);
	puts(verdict.trusted ? "Trusted" : verdict.text);
	return verdict.trusted ? 0 : 3;
}
