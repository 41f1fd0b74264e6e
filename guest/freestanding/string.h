/* SPDX-License-Identifier: MIT */
/* <string.h> for code of src/ that guest programs share. */
#include "lib/string.h"
