/* SPDX-License-Identifier: MIT */
#include "image/report.h"

/* Names of fields are those that the published schema of API level 1 lists. */

#define HEX(name, text)                                                     \
	"        \"" name "\": {\n"                                         \
	"          \"$ref\": \"#/definitions/hex\",\n"                      \
	"          \"description\": \"" text "\"\n"                         \
	"        },\n"

#define COUNT(name, text)                                                   \
	"        \"" name "\": {\n"                                         \
	"          \"type\": \"integer\",\n"                                \
	"          \"minimum\": 0,\n"                                       \
	"          \"description\": \"" text "\"\n"                         \
	"        },\n"

#define LEAF(name, text)                                              \
	"        \"" name "\": {\n"                                         \
	"          \"$ref\": \"#/definitions/hex\",\n"                      \
	"          \"description\": \"" text "\"\n"                         \
	"        }"

const char se_header_report_schema[] =
	"{\n"
	"  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"
	"  \"title\": \"Secure Execution header, as printed by pvimg info\",\n"
	"  \"type\": \"object\",\n"
	"  \"required\": [\"meta\", \"data\"],\n"
	"  \"properties\": {\n"
	"    \"meta\": {\n"
	"      \"type\": \"object\",\n"
	"      \"description\": \"When, where and by what the document was made\",\n"
	"      \"required\": [\"api_level\", \"version\", \"host\", \"time_epoch\", \"time\"],\n"
	"      \"additionalProperties\": false,\n"
	"      \"properties\": {\n"
	"        \"api_level\": { \"type\": \"integer\", \"const\": 1 },\n"
	"        \"version\": { \"type\": \"string\", \"description\": \"Release of the tool\" },\n"
	"        \"host\": { \"type\": \"string\", \"description\": \"Name of the computer\" },\n"
	"        \"time_epoch\": { \"type\": \"integer\", \"description\": \"Seconds since 1970\" },\n"
	"        \"time\": {\n"
	"          \"type\": \"string\",\n"
	"          \"description\": \"The same time in UTC: YYYY-MM-DD HH:MM:SS+0000\"\n"
	"        }\n"
	"      }\n"
	"    },\n"
	"    \"data\": {\n"
	"      \"type\": \"object\",\n"
	"      \"description\": \"The fields of the header\",\n"
	"      \"required\": [\n"
	"        \"kind\", \"verified\", \"magic_hex\", \"version\", \"sehs\", \"iv_hex\",\n"
	"        \"nks\", \"sea\", \"nep\", \"pcf_hex\", \"cust_pub_key\", \"pld_hex\",\n"
	"        \"ald_hex\", \"tld_hex\", \"keyslots\", \"tag_hex\"\n"
	"      ],\n"
	"      \"additionalProperties\": false,\n"
	"      \"properties\": {\n"
	"        \"kind\": {\n"
	"          \"type\": \"string\",\n"
	"          \"enum\": [\"se_hdr\", \"decrypted_se_hdr\"],\n"
	"          \"description\": \"Whether the encrypted area is shown decrypted\"\n"
	"        },\n"
	"        \"verified\": {\n"
	"          \"type\": \"boolean\",\n"
	"          \"description\": \"Whether the header was authenticated with its key\"\n"
	"        },\n"
	HEX("magic_hex", "The characters IBMSecEx")
	"        \"version\": { \"type\": \"string\", \"description\": \"Version of the header\" },\n"
	COUNT("sehs", "Size of the header in bytes, with its tag")
	HEX("iv_hex", "Initialization vector of the encrypted area")
	COUNT("nks", "Number of key slots")
	COUNT("sea", "Size of the encrypted area in bytes")
	COUNT("nep", "Number of component pages")
	HEX("pcf_hex", "Plaintext control flags")
	"        \"cust_pub_key\": { \"$ref\": \"#/definitions/public_key\" },\n"
	HEX("pld_hex", "Digest of the page contents")
	HEX("ald_hex", "Digest of the page addresses")
	HEX("tld_hex", "Digest of the page tweaks")
	"        \"keyslots\": {\n"
	"          \"type\": \"array\",\n"
	"          \"minItems\": 1,\n"
	"          \"items\": { \"$ref\": \"#/definitions/key_slot\" }\n"
	"        },\n"
	"        \"cipher_data_b64\": {\n"
	"          \"$ref\": \"#/definitions/base64\",\n"
	"          \"description\": \"The encrypted area; only when it is not shown decrypted\"\n"
	"        },\n"
	HEX("cck_hex", "Customer communication key; only decrypted")
	HEX("xts_hex", "Key of the image components; only decrypted")
	"        \"psw\": {\n"
	"          \"$ref\": \"#/definitions/psw\",\n"
	"          \"description\": \"Where the guest starts; only decrypted\"\n"
	"        },\n"
	HEX("scf_hex", "Secret control flags; only decrypted")
	"        \"tag_hex\": {\n"
	"          \"$ref\": \"#/definitions/hex\",\n"
	"          \"description\": \"Authentication tag of the header\"\n"
	"        }\n"
	"      },\n"
	"      \"oneOf\": [\n"
	"        {\n"
	"          \"properties\": {\n"
	"            \"kind\": { \"const\": \"se_hdr\" },\n"
	"            \"cck_hex\": false, \"xts_hex\": false, \"psw\": false, \"scf_hex\": false\n"
	"          },\n"
	"          \"required\": [\"cipher_data_b64\"]\n"
	"        },\n"
	"        {\n"
	"          \"properties\": {\n"
	"            \"kind\": { \"const\": \"decrypted_se_hdr\" },\n"
	"            \"verified\": { \"const\": true },\n"
	"            \"cipher_data_b64\": false\n"
	"          },\n"
	"          \"required\": [\"cck_hex\", \"xts_hex\", \"psw\", \"scf_hex\"]\n"
	"        }\n"
	"      ]\n"
	"    }\n"
	"  },\n"
	"  \"definitions\": {\n"
	"    \"hex\": {\n"
	"      \"type\": \"string\",\n"
	"      \"pattern\": \"^([0-9a-f]{2})+$\",\n"
	"      \"description\": \"Bytes in hexadecimal digits, without prefix\"\n"
	"    },\n"
	"    \"base64\": {\n"
	"      \"type\": \"string\",\n"
	"      \"pattern\": \"^[A-Za-z0-9+/]+={0,2}$\"\n"
	"    },\n"
	"    \"public_key\": {\n"
	"      \"type\": \"object\",\n"
	"      \"description\": \"Public key of the image's maker\",\n"
	"      \"required\": [\"coord_hex\"],\n"
	"      \"additionalProperties\": false,\n"
	"      \"properties\": {\n"
	LEAF("coord_hex", "Coordinates x and y, 80 bytes each") "\n"
	"      }\n"
	"    },\n"
	"    \"key_slot\": {\n"
	"      \"type\": \"object\",\n"
	"      \"description\": \"The header's key, wrapped for one machine\",\n"
	"      \"required\": [\"phkh_hex\", \"wrpk_hex\", \"kst_hex\"],\n"
	"      \"additionalProperties\": false,\n"
	"      \"properties\": {\n"
	LEAF("phkh_hex", "Hash of the machine's public key") ",\n"
	LEAF("wrpk_hex", "Wrapped key") ",\n"
	LEAF("kst_hex", "Authentication tag of the wrapped key") "\n"
	"      }\n"
	"    },\n"
	"    \"psw\": {\n"
	"      \"type\": \"object\",\n"
	"      \"required\": [\"mask_hex\", \"addr_hex\"],\n"
	"      \"additionalProperties\": false,\n"
	"      \"properties\": {\n"
	LEAF("mask_hex", "PSW mask") ",\n"
	LEAF("addr_hex", "PSW address") "\n"
	"      }\n"
	"    }\n"
	"  }\n"
	"}\n";
