/* SPDX-License-Identifier: MIT */
/*
 * What the programs that bear IBM's names print as their release. Scripts take
 * the text between "version " and the first "-" and compare it with the
 * s390-tools release they need; so it names the release whose command lines are
 * understood, followed by our own.
 */
#ifndef UV_TOOLS_RELEASE_H
#define UV_TOOLS_RELEASE_H

#include "config.h"

#define S390_TOOLS_RELEASE "2.43.0-ultraviolet-" UV_VERSION

/* The output of --version. */
#define RELEASE_TEXT(program) program " version " S390_TOOLS_RELEASE "\n"

#endif
